// Files of what a room has encoded already, while it goes on: nothing here knows of sockets and processes.
export { adopt, assemble, type Assembled } from './assemble.ts';
export { Fuse } from './fuse.ts';
export { HlsOutput, type HlsOptions } from './hls-output.ts';
export { RecordingSegment, type SegmentEnd, type SegmentOptions } from './recording-segment.ts';
export { StreamRun, type StreamRunOptions } from './stream-run.ts';
export { listSegments, reopen } from './segment-files.ts';
