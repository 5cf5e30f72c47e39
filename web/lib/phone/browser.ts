import type { BackgroundPlatform } from './background.ts';
import type { WakeLockPlatform } from './wake-lock.ts';

/** The page, as far as it is seen. */
export const pageVisibility: BackgroundPlatform & WakeLockPlatform = {
  async request() {
    // Browsers have it in a secure context only, whatever the DOM types say.
    const { wakeLock } = navigator as { wakeLock?: WakeLock };
    return (await wakeLock?.request('screen')) ?? null;
  },
  isHidden: () => document.hidden,
  isInPicture: () => document.pictureInPictureElement !== null,
  onVisibility(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => {
      document.removeEventListener('visibilitychange', listener);
    };
  },
};

/** Whether this is a phone or tablet: a finger is what it is used with. */
export const isHandheld = (): boolean => matchMedia('(pointer: coarse)').matches;
