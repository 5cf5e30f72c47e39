/** The output process: started by the gateway for one recording, HLS or stream, ended by `process.exit`. */
import { AV_LOG_ERROR } from 'node-av/constants';
import { Log as AvLog } from 'node-av/lib';
import { FfmpegMissing } from '../../mixer/ffmpeg/index.ts';
import { behaveAsChild } from '../child-process.ts';
import { createLog } from '../log.ts';
import { type OutputCommand, outputCommandSchema, type OutputEvent } from '../protocol/outputs.ts';
import { FeedServer } from './feed-server.ts';
import { HlsSink } from './hls.ts';
import { assembleRecording, RecordingOutput } from './recording.ts';
import { Restream } from './restream.ts';
import type { OutputEnd, OutputSink } from './sink.ts';
import { machineOffsetMs } from './wire.ts';

type Open = Extract<OutputCommand, { type: 'open' }>;

const progressMs = 1000;

let log = createLog('info', 'output');
let server: FeedServer | undefined;
let sink: OutputSink | undefined;
/** What is asked for comes in turn: `finish` waits for `open`. */
let work: Promise<void> = Promise.resolve();
let isEnding = false;
let isStarted = false;
const offsetMs = machineOffsetMs();

AvLog.setLevel(AV_LOG_ERROR);

const send = (event: OutputEvent): void => {
  if (process.connected) process.send?.(event);
};

/** Says how it ended, and goes. */
function end(event: OutputEnd): void {
  log.info(event, 'output ended');
  if (!process.connected || process.send === undefined) process.exit(0);
  process.send(event, () => process.exit(0));
}

async function openSink({ output, canvas, fps }: Open): Promise<OutputSink> {
  switch (output.kind) {
    case 'recording':
      return RecordingOutput.open(output, { canvas, fps }, log);
    case 'hls':
      return HlsSink.open(output, { canvas, fps }, log);
    case 'stream':
      return Restream.open(output.url, { canvas, fps }, log, (connection) => {
        send({ type: 'connection', ...connection });
      });
    default:
      return output satisfies never;
  }
}

async function open(command: Open): Promise<void> {
  log = createLog(command.logLevel, 'output', { output: command.output.kind, ...command.about });
  let opened;
  try {
    opened = await openSink(command);
  } catch (error) {
    log.error({ err: error }, 'output cannot begin');
    isEnding = true;
    const message = error instanceof FfmpegMissing ? error.message : 'The output cannot begin.';
    end({ type: 'failed', message });
    return;
  }
  sink = opened;
  server = new FeedServer(command.socket, log, opened);
  await server.listen();
  send({ type: 'listening' });
  void watch(opened);
}

/** Says once that the first picture is in. */
function state(opened: OutputSink): void {
  if (isStarted || opened.startMs === null) return;
  isStarted = true;
  send({ type: 'started', agoMs: performance.now() + offsetMs - opened.startMs });
}

/** Once a second: what is to be done, and how far it is. */
async function watch(opened: OutputSink): Promise<void> {
  while (!isEnding) {
    await opened.tick(performance.now() + offsetMs);
    state(opened);
    const residentBytes = process.memoryUsage.rss();
    if (isStarted) send({ type: 'progress', ...opened.progress, residentBytes });
    if (opened.isOver) finish();
    // Until it has started it is looked at more often, so that people hear of it.
    await new Promise((resolve) => setTimeout(resolve, isStarted ? progressMs : 100));
  }
}

function finish(): void {
  if (isEnding) return;
  isEnding = true;
  work = work.then(async () => {
    await server?.close();
    if (sink !== undefined) state(sink);
    end((await sink?.finish()) ?? { type: 'failed', message: 'Nothing was begun.' });
  });
}

function handle(command: OutputCommand): void {
  switch (command.type) {
    case 'open':
      work = work.then(() => open(command));
      return;
    case 'assemble':
      isEnding = true;
      log = createLog(command.logLevel, 'output', { output: 'assemble', ...command.about });
      work = work.then(async () => end(await assembleRecording(command.directory, log)));
      return;
    case 'finish':
      finish();
      return;
    default:
      command satisfies never;
  }
}

process.on('message', (message) => {
  const command = outputCommandSchema.safeParse(message);
  if (command.success) handle(command.data);
  // Not the message: there may be a key in it.
  else log.error('bad output command');
});
// The gateway is gone: what there is is finished, and repaired by the next one where need be.
process.on('disconnect', () => {
  if (isEnding || sink !== undefined) finish();
  else process.exit(0);
});
behaveAsChild({ log: () => log });
