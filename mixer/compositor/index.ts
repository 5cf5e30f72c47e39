export { Compositor, type SceneLayout, type SceneMember, type VideoSource } from './compositor.ts';
export type { I420Frame } from './i420.ts';
export { type Rotation, rotateI420 } from './rotate.ts';
export { resolveMode } from './layout.ts';
export type { LayoutMode, Overflow, Tile } from './layout-types.ts';
