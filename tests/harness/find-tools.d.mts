/** The programs that tests drive. */
export type Tool =
  | 'chromium'
  | 'headlessShell'
  | 'firefox'
  | 'ffmpeg'
  | 'ffprobe'
  | 'gstreamer'
  | 'ip'
  | 'nft'
  | 'tc'
  | 'coturn';

/**
 * The path of a program: from its variable (CHROMIUM_PATH, FIREFOX_PATH, FFMPEG_PATH, FFPROBE_PATH), then
 * PATH, then the usual places. Throws when the variable is set and names no program.
 */
export function findTool(name: Tool): string | null;
