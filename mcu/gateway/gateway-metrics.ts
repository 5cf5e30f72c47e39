import { Counter, Gauge, type Registry } from 'prom-client';
import { type ErrorCode, errorCodes } from '../protocol/errors.ts';

/** Outputs, by what they make. */
const outputKinds = ['recording', 'hls', 'stream'] as const;
/** What an output process makes. */
export type OutputKind = (typeof outputKinds)[number];

/** What the gateway itself counts of signalling, HTTP and output processes. */
export class GatewayMetrics {
  /** Stays that began, and that went on by another connection. */
  readonly joins: Counter<'kind'>;
  /** Messages of participants that were answered by an error. */
  readonly messagesRefused: Counter<'code'>;
  /** HTTP requests that were answered by an error. */
  readonly httpErrors: Counter<'code'>;
  /** What output processes have written or sent. */
  readonly outputBytes: Counter<'kind'>;
  /** Output processes that run. */
  readonly outputProcesses: Gauge<'kind'>;

  constructor(registry: Registry, version: string) {
    const registers = [registry];
    this.joins = new Counter({
      name: 'onegrid_joins_total',
      help: 'Joins that were let in: new, or resumed by who had lost the connection.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of ['new', 'resumed']) this.joins.inc({ kind }, 0);
    this.messagesRefused = codeCounter(
      'onegrid_messages_refused_total',
      'Messages of participants that were answered by an error, by code.',
      registers,
    );
    this.httpErrors = codeCounter(
      'onegrid_http_errors_total',
      'HTTP requests that were answered by an error, by code.',
      registers,
    );
    this.outputBytes = new Counter({
      name: 'onegrid_output_bytes_total',
      help: 'Bytes that recordings, HLS and streams have written or sent.',
      labelNames: ['kind'],
      registers,
    });
    this.outputProcesses = new Gauge({
      name: 'onegrid_output_processes',
      help: 'Output processes running.',
      labelNames: ['kind'],
      registers,
    });
    for (const kind of outputKinds) {
      this.outputBytes.inc({ kind }, 0);
      this.outputProcesses.set({ kind }, 0);
    }
    new Gauge({
      name: 'onegrid_build_info',
      help: 'Always 1; its labels say which version runs.',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version, node: process.versions.node }, 1);
  }
}

/** A counter that has a value of each code from the beginning, so that rates see the first error. */
export function codeCounter(name: string, help: string, registers: Registry[]): Counter<'code'> {
  const counter = new Counter({ name, help, labelNames: ['code'], registers });
  for (const code of errorCodes satisfies readonly ErrorCode[]) counter.inc({ code }, 0);
  return counter;
}
