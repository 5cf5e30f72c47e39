import type { ClientMessage } from '../protocol/client.ts';
import type { RoomCommand } from '../protocol/ipc.ts';

type MediaMessage = Extract<
  ClientMessage,
  { type: 'offer' | 'answer' | 'candidate' | 'reconnect' | 'network' }
>;

/** What a participant's message about their own media is for the room process: the gateway adds who it is from. */
export function mediaCommand(participantId: string, message: MediaMessage): RoomCommand {
  switch (message.type) {
    case 'offer':
      return { type: 'offer', participantId, sdp: message.sdp };
    case 'answer':
      return {
        type: 'answer',
        participantId,
        sdp: message.sdp,
        negotiation: message.negotiation,
      };
    case 'candidate':
      return {
        type: 'candidate',
        participantId,
        pc: message.pc,
        candidate: message.candidate,
      };
    case 'reconnect':
      return { type: 'reconnect', participantId, pc: message.pc };
    case 'network':
      return { type: 'network', participantId, uplinkKbps: message.uplinkKbps };
    default:
      return message satisfies never;
  }
}
