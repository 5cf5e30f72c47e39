/** hls.js without what this server's playlists never have; its types are the ones of the whole. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
