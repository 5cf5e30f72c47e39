/** The server stops, at the latest in so many milliseconds. */
export function closingSentence(inMs: number): string {
  return `The server is about to stop. This call ends in ${timeName(inMs)} at the latest.`;
}

function timeName(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return seconds === 1 ? '1 second' : `${String(seconds)} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${String(minutes)} minutes` : `${String(Math.round(minutes / 60))} hours`;
}
