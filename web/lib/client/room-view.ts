import type {
  ChatMessage,
  LayoutMode,
  Participant,
  RecordingState,
  RoomRight,
} from '../../../mcu/protocol/common.ts';
import type { ServerMessage } from '../../../mcu/protocol/server.ts';
import { noLinks, type LinksView } from './media-links.ts';
import type { OutgoingChat } from './outbox.ts';

/** The server's words when somebody was let in. */
export type JoinedMessage = Extract<ServerMessage, { type: 'joined' }>;
/** Where everybody is in the composite, in canvas pixels. */
export type LayoutMessage = Extract<ServerMessage, { type: 'layout' }>;
/** The quality this browser gets, and why. */
export type QualityMessage = Extract<ServerMessage, { type: 'quality' }>;

/** The newest recording of a room, as far as the server has told. */
export interface RoomRecording {
  readonly id: string;
  readonly state: RecordingState;
  /** Why it ended, once it has. */
  readonly reason?: string | undefined;
}

/** What is known of a room while one is in it. */
export interface RoomView {
  readonly room: string;
  readonly selfId: string;
  /** In the order they joined; oneself included. */
  readonly participants: readonly Participant[];
  /** Who speaks, loudest first. */
  readonly speakers: readonly string[];
  readonly mode: LayoutMode;
  readonly pinned: string | null;
  /** The picture this browser receives; null until the server has said. */
  readonly layout: LayoutMessage | null;
  /** The quality this browser gets; null until the server has said. */
  readonly quality: QualityMessage | null;
  /** What there is to choose from, best first, and what each takes on the wire; empty until the server has said. */
  readonly qualities: NonNullable<QualityMessage['rungs']>;
  /** Null before the first one. */
  readonly recording: RoomRecording | null;
  readonly chat: readonly ChatMessage[];
  /** What this participant has written and the server is not known to have yet. */
  readonly outbox: readonly OutgoingChat[];
  /** Whether this participant may mute and remove others. */
  readonly mayModerate: boolean;
  /** All that this participant may do. */
  readonly may: readonly RoomRight[];
  readonly links: LinksView;
}

/** Messages kept in the page; the oldest go first. */
const chatLimit = 500;

/** What a server that does not say lets everybody do. */
const usual: readonly RoomRight[] = ['send', 'chat', 'hand', 'react', 'layout', 'record'];

/** What the server lets somebody do whom it has let in. */
export const rightsOf = ({ may }: JoinedMessage): readonly RoomRight[] => may ?? usual;

/** The view a `joined` begins with. */
export function viewOf(message: JoinedMessage): RoomView {
  return {
    room: message.room.name,
    selfId: message.participantId,
    participants: message.participants,
    speakers: [],
    mode: message.room.layout,
    pinned: message.room.pinned,
    layout: null,
    quality: null,
    qualities: [],
    recording: message.room.recording,
    chat: message.chat,
    outbox: [],
    mayModerate: message.mayModerate ?? false,
    may: rightsOf(message),
    links: noLinks,
  };
}

/**
 * The view of somebody who was in the room already: what was written before stays, also where the server does not know it any
 * more. A resumed downlink goes on showing what it showed.
 */
export function withEarlier(view: RoomView, earlier: RoomView, resumed: boolean): RoomView {
  const chat = [...earlier.chat.filter((message) => !isThere(view.chat, message)), ...view.chat];
  const { layout, quality, qualities } = resumed ? earlier : view;
  return { ...view, chat: chat.slice(-chatLimit), layout, quality, qualities };
}

/** The view after `message`; the same object where it changes nothing. */
export function withMessage(view: RoomView, message: ServerMessage): RoomView {
  switch (message.type) {
    case 'participant':
      return withParticipant(view, message.event, message.participant);
    case 'speakers':
      return { ...view, speakers: message.active };
    case 'layout':
      return { ...view, mode: message.mode, pinned: message.pinned, layout: message };
    case 'quality':
      return { ...view, quality: message, qualities: message.rungs ?? view.qualities };
    case 'recording': {
      const { type: _type, ...recording } = message;
      return { ...view, recording };
    }
    case 'chat': {
      const { type: _type, ...entry } = message;
      // A server that was restarted passes on once more what its writer does not know to have arrived.
      if (isThere(view.chat, entry)) return view;
      return { ...view, chat: [...view.chat, entry].slice(-chatLimit) };
    }
    default:
      return view;
  }
}

function isThere(chat: readonly ChatMessage[], { id, ref }: ChatMessage): boolean {
  return chat.some((each) => each.id === id || (ref !== undefined && each.ref === ref));
}

/** The view with this participant's hand raised, or lowered. */
export function withOwnHand(view: RoomView, raised: boolean): RoomView {
  const participants = view.participants.map((each) =>
    each.id === view.selfId && each.hand !== raised ? { ...each, hand: raised } : each,
  );
  return { ...view, participants };
}

function withParticipant(
  view: RoomView,
  event: 'joined' | 'left' | 'changed',
  participant: Participant,
): RoomView {
  const { id } = participant;
  if (event === 'left') {
    return {
      ...view,
      participants: view.participants.filter((each) => each.id !== id),
      speakers: view.speakers.filter((each) => each !== id),
    };
  }
  const known = view.participants.some((each) => each.id === id);
  return {
    ...view,
    participants: known
      ? view.participants.map((each) => (each.id === id ? participant : each))
      : inOrder([...view.participants, participant]),
  };
}

/** Who comes back after having been taken out is where they were. */
function inOrder(participants: readonly Participant[]): Participant[] {
  const joined = ({ joinedAt }: Participant): number => Date.parse(joinedAt);
  return [...participants].sort((a, b) => joined(a) - joined(b));
}
