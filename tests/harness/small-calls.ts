/** What makes a call cheap for a machine that runs the browsers, too. */
export const smallCalls = { ONEGRID_CANVAS: '640x360', ONEGRID_FPS: '15' } as const;
