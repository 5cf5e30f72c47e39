import type { EntranceProblem } from '../entrance-state.ts';

/** Of who needs an invitation, and of what it is worth. */
export const entranceWords = {
  asking: 'Looking at your invitation…',
  heading: {
    missing: 'You need an invitation to this room',
    expired: 'Your invitation has expired',
    invalid: 'This invitation does not work',
    'other-room': 'You are invited to another room',
  },
  ask: 'Ask whoever invited you for a new link.',
  askFirst: 'Open the link you were sent, or ask whoever runs the room for one.',
  toRoom: (room: string) => `Go to ${room}`,
  again: 'Try again',
  watches: 'You are invited to watch: nobody sees or hears you.',
  watching: 'watching',
  hostsOnly: 'Only hosts see recordings. Open this page by a host’s link, or from the room.',
} as const satisfies { heading: Record<EntranceProblem, string> } & Record<string, unknown>;
