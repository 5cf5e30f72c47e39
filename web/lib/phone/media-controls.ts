/** What a system's own controls may ask of a call. */
export interface ControlledCall {
  toggleMicrophone(): void;
  toggleCamera(): void;
  leave(): void;
}

/** The part of `MediaSession` that is used (Media Session, section 4); not every browser has all of it. */
export interface MediaSessionLike {
  metadata: unknown;
  playbackState: 'none' | 'paused' | 'playing';
  setActionHandler(action: never, handler: (() => void) | null): void;
}

type SetHandler = (action: string, handler: (() => void) | null) => void;

/**
 * Names the call on lock screens and in the controls of headsets and of a picture in picture, and does what is pressed there.
 * @param metadata - a `MediaMetadata`
 * @returns takes it back
 */
export function showMediaControls(
  session: MediaSessionLike,
  metadata: unknown,
  call: ControlledCall,
): () => void {
  const handlers: Record<string, () => void> = {
    togglemicrophone: () => {
      call.toggleMicrophone();
    },
    togglecamera: () => {
      call.toggleCamera();
    },
    hangup: () => {
      call.leave();
    },
    // A call cannot be stopped and gone on with; without handlers the browser would try.
    play: () => undefined,
    pause: () => undefined,
  };
  const set = (action: string, handler: (() => void) | null): void => {
    try {
      (session.setActionHandler as SetHandler).call(session, action, handler);
    } catch {
      // One that this browser does not know.
    }
  };
  session.metadata = metadata;
  session.playbackState = 'playing';
  for (const [action, handler] of Object.entries(handlers)) set(action, handler);
  return () => {
    session.metadata = null;
    session.playbackState = 'none';
    for (const action of Object.keys(handlers)) set(action, null);
  };
}
