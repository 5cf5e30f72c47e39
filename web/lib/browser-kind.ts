/** What browser this is, as far as it matters to where a person has to click. */
export interface BrowserKind {
  /** Whose settings it has: on iOS that is the app's, whatever it is made of. */
  readonly engine: 'chromium' | 'firefox' | 'safari';
  readonly system: 'ios' | 'android' | 'mac' | 'windows' | 'other';
  /** As people know it. */
  readonly name: string;
}

const names: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOPT\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/Chrome\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

/** Tells browsers apart by what they say of themselves. Only help texts hang on it, never what the page does. */
export function browserKind({
  userAgent,
  maxTouchPoints,
}: {
  readonly userAgent: string;
  readonly maxTouchPoints: number;
}): BrowserKind {
  const name = names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'your browser';
  const engine = name === 'Firefox' ? 'firefox' : name === 'Safari' ? 'safari' : 'chromium';
  return { engine, system: systemOf(userAgent, maxTouchPoints), name };
}

function systemOf(userAgent: string, maxTouchPoints: number): BrowserKind['system'] {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios';
  // An iPad calls itself a Macintosh; no Macintosh has a touch screen.
  if (/Macintosh/.test(userAgent)) return maxTouchPoints > 1 ? 'ios' : 'mac';
  if (/Android/.test(userAgent)) return 'android';
  return /Windows/.test(userAgent) ? 'windows' : 'other';
}
