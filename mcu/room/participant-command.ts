import type { RoomCommand } from '../protocol/ipc.ts';
import type { RoomParticipant } from './participant.ts';

/** Commands about one participant's media alone: nothing changes for the room. */
export type ParticipantCommand = Extract<
  RoomCommand,
  { type: 'media' | 'quality' | 'network' | 'offer' | 'answer' | 'candidate' | 'reconnect' }
>;

/**
 * Does what the gateway says.
 * @param participant - whom the command is about
 */
export function handleParticipantCommand(
  participant: RoomParticipant,
  command: ParticipantCommand,
): void {
  switch (command.type) {
    case 'media':
      participant.setMedia(command.media);
      return;
    case 'quality':
      participant.setQuality(command.max);
      return;
    case 'network':
      participant.setUplinkKbps(command.uplinkKbps);
      return;
    case 'offer':
      participant.offer(command.sdp);
      return;
    case 'answer':
      participant.answer(command.sdp, command.negotiation);
      return;
    case 'candidate':
      participant.candidate(command.pc, command.candidate);
      return;
    case 'reconnect':
      participant.reconnect(command.pc);
      return;
    default:
      command satisfies never;
  }
}
