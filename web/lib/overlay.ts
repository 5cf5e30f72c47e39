/** Where what lies over the page goes, so that it is seen and belongs to it: also while a part of the page fills the screen. */
export function overlayParent(): Element {
  return document.fullscreenElement ?? document.querySelector('main') ?? document.body;
}
