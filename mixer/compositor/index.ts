export { Compositor, type CompositorOptions } from './compositor.ts';
export type { CanvasMatrix, I420Frame } from './i420.ts';
export type { NativePicture, Picture } from './picture.ts';
export type { SceneLayout, SceneMember, VideoSource } from './scene.ts';
export { type Rotation, rotateI420 } from './rotate.ts';
export { PageTurner } from './page-turner.ts';
export { layout, pagesOf, resolveMode } from './layout.ts';
export type { Layout, LayoutMode, Overflow, Tile } from './layout-types.ts';
export { warmUpDrawing } from './overlay/warm-up.ts';
