import { findTool, type Tool } from './find-tools.mjs';

const required = (tool: Tool): string => {
  const path = findTool(tool);
  if (path === null) throw new Error(`${tool} is not installed: run \`npm run pretest\`.`);
  return path;
};

/** The path of Chromium or Chrome; throws where there is none. */
export const findChromium = (): string => required('chromium');

/**
 * The path of Chromium without the browser around it, which is enough for a page; where there is none, or another one was
 * chosen (CHROMIUM_PATH), that of Chromium.
 */
export const findHeadlessShell = (): string =>
  (process.env['CHROMIUM_PATH'] ? null : findTool('headlessShell')) ?? findChromium();

/** The path of Firefox, or null: it is not everywhere to be had. */
export const findFirefox = (): string | null => findTool('firefox');

/** The paths of the ffmpeg and ffprobe commands; throws where one is missing. */
export const findFfmpeg = (): { ffmpeg: string; ffprobe: string } => ({
  ffmpeg: required('ffmpeg'),
  ffprobe: required('ffprobe'),
});
