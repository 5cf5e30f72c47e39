import type { BrowserKind } from '../browser-kind.ts';
import type { MediaProblem } from '../client/index.ts';

type DeviceName = 'camera' | 'microphone';

/** What to say of a device that could not be had. */
export function mediaProblemSentence(device: DeviceName, problem: MediaProblem): string {
  switch (problem) {
    case 'insecure':
      return `This page was opened without https, and then the browser gives it no ${device}.`;
    case 'refused':
      return `The ${device} is not allowed here. Allow it to be ${device === 'camera' ? 'seen' : 'heard'}.`;
    case 'dismissed':
      return `You have not said yet whether the ${device} may be used.`;
    case 'blocked':
      return `This device’s own settings keep the ${device} from your browser.`;
    case 'missing':
      return `No ${device} was found.`;
    case 'busy':
      return `The ${device} is in use by another program.`;
    case 'lost':
      return `The ${device} was disconnected.`;
    case 'failed':
      return `The ${device} could not be started.`;
  }
}

/** What to say when both devices fail for the same reason. */
export function bothProblemSentence(problem: MediaProblem): string {
  switch (problem) {
    case 'insecure':
      return 'This page was opened without https, and then the browser gives it no camera and no microphone.';
    case 'refused':
      return 'Camera and microphone are not allowed here. Allow them to be seen and heard.';
    case 'dismissed':
      return 'You have not said yet whether camera and microphone may be used.';
    case 'blocked':
      return 'This device’s own settings keep camera and microphone from your browser.';
    case 'missing':
      return 'No camera and no microphone were found.';
    case 'busy':
      return 'Camera and microphone are in use by another program.';
    case 'lost':
      return 'Camera and microphone were disconnected.';
    case 'failed':
      return 'Camera and microphone could not be started.';
  }
}

/** What joining with these devices missing comes to. */
export function joinAnywaySentence(missing: DeviceName | 'both'): string {
  switch (missing) {
    case 'camera':
      return 'You can join without: the others will hear you and see your initials.';
    case 'microphone':
      return 'You can join without: the others will see you but not hear you.';
    case 'both':
      return 'You can join without, to watch and listen.';
  }
}

/** Where the page is, as far as it matters to who may use a camera. */
export interface PagePlace {
  /** Empty: the usual one. */
  readonly port: string;
}

/** What one can do about a device that could not be had, step by step; empty where trying again is all there is. */
export function mediaHelp(
  problem: MediaProblem,
  browser: BrowserKind,
  place: PagePlace,
): readonly string[] {
  switch (problem) {
    case 'insecure':
      return [
        'Open this page by https://, if the server has that; whoever runs it can set it up.',
        `On the computer that the server runs on, open http://localhost${place.port === '' ? '' : `:${place.port}`}: there it works without.`,
        'Or join now: you will see and hear the others, and they see your initials.',
      ];
    case 'refused':
      return allowSteps(browser);
    case 'dismissed':
      return ['Press “Try again”, and “Allow” when your browser asks.'];
    case 'blocked':
      return systemSteps(browser);
    case 'missing':
      return ['Plug one in, or switch it on: it is taken at once.'];
    case 'lost':
      return ['Plug it in again: it is taken at once.'];
    case 'busy':
      return [
        'Close whatever else uses it: another call, another tab, a camera app.',
        'Then press “Try again”.',
      ];
    case 'failed':
      return ['Plug it out and in again, or restart the browser.', 'Then press “Try again”.'];
  }
}

function allowSteps({ engine, system, name }: BrowserKind): readonly string[] {
  const again = 'Then press “Try again”.';
  if (system === 'ios') {
    if (engine !== 'safari') return systemSteps({ engine, system, name });
    return [
      'Press the page menu in the address bar, then “Website Settings”.',
      'Set Camera and Microphone to “Allow”, and reload this page.',
      'If they are not there: Settings › Apps › Safari › Camera, and Microphone.',
    ];
  }
  if (engine === 'firefox') {
    return system === 'android'
      ? ['Press the lock in the address bar.', 'Allow Camera and Microphone.', again]
      : [
          'Press the crossed-out camera or microphone in the address bar.',
          'Take “Blocked” away with its ×.',
          again,
        ];
  }
  if (engine === 'safari') {
    return [
      'In the menu bar choose Safari › Settings for This Website….',
      'Set Camera and Microphone to “Allow”, and reload this page.',
    ];
  }
  return system === 'android'
    ? [
        'Press the symbol left of the address, then “Permissions”.',
        'Allow Camera and Microphone.',
        again,
      ]
    : ['Press the symbol left of the address.', 'Switch Camera and Microphone on.', again];
}

function systemSteps({ system, name }: BrowserKind): readonly string[] {
  const restart = `Then restart ${name} and come back.`;
  switch (system) {
    case 'ios':
      return [`Open Settings › Apps › ${name}.`, 'Switch Camera and Microphone on.', restart];
    case 'android':
      return [
        `Open Settings › Apps › ${name} › Permissions.`,
        'Allow Camera and Microphone. They may also be switched off for all apps, in the quick settings.',
        restart,
      ];
    case 'mac':
      return [
        'Open System Settings › Privacy & Security › Camera, and Microphone.',
        `Switch ${name} on in both.`,
        restart,
      ];
    case 'windows':
      return [
        'Open Settings › Privacy & security › Camera, and Microphone.',
        'Switch on the access, and “Let desktop apps access” it.',
        restart,
      ];
    case 'other':
      return ['Look for camera and microphone in the privacy settings of this device.', restart];
  }
}
