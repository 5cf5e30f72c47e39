/** The room process: started by the gateway, one room's media for life, ended by `process.exit`. */
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log as AvLog } from 'node-av/lib';
import nodeDataChannel from 'node-datachannel';
import { warmUp } from './warm-up.ts';
import { behaveAsChild } from '../child-process.ts';
import { createLog } from '../log.ts';
import { type RoomCommand, roomCommandSchema, type RoomEvent } from '../protocol/ipc.ts';
import { MediaRoom } from './room.ts';

let log = createLog('info', 'room');
let room: MediaRoom | undefined;

AvLog.setLevel(AV_LOG_ERROR);

const send = (event: RoomEvent): void => {
  if (process.connected) process.send?.(event);
};

function handle(command: RoomCommand): void {
  switch (command.type) {
    case 'open':
      log = createLog(command.settings.logLevel, 'room', { room: command.room });
      nodeDataChannel.initLogger('Warning', (level, message) => {
        log.debug({ level, message }, 'libdatachannel');
      });
      room = new MediaRoom(command.settings, log, send);
      return;
    case 'close':
      // Native threads and memory go with the process; taking PeerConnections down first can crash.
      process.exit(0);
      break;
    default:
      room?.handle(command);
  }
}

void warmUp().catch((error: unknown) => {
  log.error({ err: error }, 'warming up failed');
});

process.on('message', (message) => {
  const command = roomCommandSchema.safeParse(message);
  if (command.success) handle(command.data);
  else log.error({ issues: command.error.issues }, 'bad room command');
});
process.on('disconnect', () => process.exit(0));
behaveAsChild({ log: () => log, isWorking: () => room?.isTicking ?? true });
