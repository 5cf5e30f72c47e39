import type { ChatProblem } from '../chat-problem.ts';

/** Of the chat. */
export const chat = {
  messages: 'Messages',
  box: 'Write a message',
  placeholder: 'Message everybody',
  send: 'Send',
  you: 'You',
  empty: 'Nothing has been written yet. Everybody in the room reads what you write here.',
  toEnd: 'Newest messages',
  unread: (count: number) =>
    count === 1 ? '1 message not read yet' : `${count} messages not read yet`,
  earlier: (count: number) => `There are ${count} messages from before you joined.`,
  sending: 'Sending…',
  failed: 'Not sent',
  retry: 'Try again',
  discard: 'Delete',
  notSent: 'A message could not be sent. The chat still has it.',
  says: (name: string, text: string) => `${name} writes: ${text}`,
} as const;

/** Of reactions. */
export const reactions = {
  heading: 'Reactions',
  like: { name: 'Thumbs up', says: (who: string) => `${who} gives a thumbs up.` },
  applause: { name: 'Applause', says: (who: string) => `${who} applauds.` },
  heart: { name: 'Heart', says: (who: string) => `${who} sends a heart.` },
  laugh: { name: 'Laughter', says: (who: string) => `${who} laughs.` },
  surprise: { name: 'Surprise', says: (who: string) => `${who} is surprised.` },
  celebrate: { name: 'Celebration', says: (who: string) => `${who} celebrates.` },
} as const;

/** Of muting and removing others. */
export const moderate = {
  cancel: 'Cancel',
  mute: {
    of: (name: string) => `Mute ${name}`,
    heading: (name: string) => `Mute ${name} for everybody?`,
    text: 'They are told, and can unmute themselves.',
    confirm: 'Mute',
  },
  remove: {
    of: (name: string) => `Remove ${name}`,
    heading: (name: string) => `Remove ${name} from the room?`,
    text: 'They are told. Whoever has the link can join again.',
    confirm: 'Remove',
  },
  muted: (name: string) => `${name} muted you.`,
  mutedBySomebody: 'Somebody muted you.',
} as const;

/** Of the list of people. */
export const people = {
  heading: (count: number) => (count === 1 ? '1 person here' : `${count} people here`),
  you: '(you)',
  muted: 'muted',
  noCamera: 'camera off',
  shares: 'shares a screen',
  hand: (place: number) => (place === 1 ? 'hand raised, first' : `hand raised, number ${place}`),
  handRaised: (name: string) => `${name} raised a hand.`,
  actions: (name: string) => `Mute or remove ${name}`,
  copyLink: 'Copy invite link',
  copied: 'Link copied',
  link: 'Invite link',
  speaking: 'speaking',
  joined: (name: string) => `${name} joined.`,
  left: (name: string) => `${name} left.`,
} as const;

/** Why a message of the chat was not sent. */
export function chatProblemSentence(problem: ChatProblem): string {
  switch (problem.kind) {
    case 'too-long':
      return `A message has at most 2000 characters: ${problem.tooMany} too many.`;
    case 'too-fast':
      return 'That was too fast. Wait a moment before you send more.';
  }
}
