import type { RecordedChat } from './recording.ts';

/** How long a message is shown where no other one follows; seconds. */
const shownSeconds = 5;
/** A cue needs a length. */
const shortestSeconds = 0.001;

/**
 * Chat as WebVTT (https://www.w3.org/TR/webvtt1/): a cue each, shown until the next one, 5 s at most.
 * @param chat - in the order of time
 */
export function chatToVtt(chat: readonly RecordedChat[]): string {
  const cues = chat.map(({ at, name, text }, index) => {
    const next = chat[index + 1]?.at ?? Infinity;
    const end = Math.max(at + shortestSeconds, Math.min(next, at + shownSeconds));
    return `${timestamp(at)} --> ${timestamp(end)}\n<v ${annotation(name)}>${payload(text)}\n`;
  });
  return ['WEBVTT\n', ...cues].join('\n');
}

/** hh:mm:ss.ttt */
function timestamp(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(Math.floor(ms / 1000) % 60, 2)}.${part(ms % 1000, 3)}`;
}

/** With `>` escaped no text can hold `-->`. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A name ends at the end of its line. */
const annotation = (name: string): string => escaped(name.replace(/\s+/g, ' ').trim());

/** An empty line would end the cue. */
const payload = (text: string): string =>
  escaped(text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/\n\s*\n/g, '\n')).replaceAll(
    '\0',
    '',
  );
