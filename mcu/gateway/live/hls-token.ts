/**
 * A playlist (RFC 8216) whose files are asked for with the token the playlist was asked for with: players take their names from it,
 * and nothing of its own address.
 * @param token - Base64url with dots
 */
export function withToken(playlist: string, token: string): string {
  const query = `?token=${encodeURIComponent(token)}`;
  return playlist
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) {
        return line.replace(/(?<=[:,]URI=")[^"?]+(?=")/g, (name) => name + query);
      }
      return line.trim() === '' ? line : line.trimEnd() + query;
    })
    .join('\n');
}
