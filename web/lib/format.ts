/** A length of time as on a player: `0:07`, `12:30`, `1:02:03`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % 60)}`
    : `${minutes}:${pad(whole % 60)}`;
}

/** The same for machines (ISO 8601): `PT750S`. */
export function durationAttribute(seconds: number): string {
  return `PT${Math.max(0, Math.round(seconds))}S`;
}

/** A size in decimal units, as file managers show it: `740 kB`, `12.3 MB`, `1.2 GB`. */
export function sizeText(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9 ? ['GB', bytes / 1e9] : bytes >= 1e6 ? ['MB', bytes / 1e6] : ['kB', bytes / 1e3];
  const digits = size < 100 && unit !== 'kB' ? 1 : 0;
  return `${size.toFixed(digits)} ${unit}`;
}

/** A moment in local time, in the reader's own manner. */
export function whenText(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** A moment's hour and minute in local time, in the reader's own manner. */
export function timeText(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { timeStyle: 'short' });
}

/** A rate: `820 kbit/s`, `1.6 Mbit/s`; null stays null. */
export function rateText(kbps: number | null): string | null {
  if (kbps === null) return null;
  return kbps < 999.5 ? `${Math.round(kbps)} kbit/s` : `${(kbps / 1000).toFixed(1)} Mbit/s`;
}

/** A part of all in per cent, finer where it is small: `0 %`, `0.4 %`, `12 %`; null stays null. */
export function percentText(percent: number | null): string | null {
  if (percent === null) return null;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** A time there and back: `34 ms`, `1 ms` at least; null stays null. */
export function roundTripText(ms: number | null): string | null {
  return ms === null ? null : `${Math.max(1, Math.round(ms))} ms`;
}
