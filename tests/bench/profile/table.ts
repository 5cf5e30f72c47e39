import * as z from 'zod';

/** V8's own format: what `Profiler.stop` of the inspector gives. Times in microseconds. */
export const cpuProfileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.int(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.int()).optional(),
    }),
  ),
  samples: z.array(z.int()),
  timeDeltas: z.array(z.number()),
});

/** See {@link cpuProfileSchema}. */
export type CpuProfile = z.infer<typeof cpuProfileSchema>;

/** How often the work of a stage is due. */
const cadences = ['frame', 'packet', 'sound', 'other'] as const;

/** Whose code belongs to which stage: the first pattern that a script's address matches. */
const stages = [
  { stage: 'composing', cadence: 'frame', pattern: /\/mixer\/(compositor|native-picture)/ },
  { stage: 'opus', cadence: 'sound', pattern: /\/mixer\/encode\/opus-/ },
  { stage: 'video encoding', cadence: 'frame', pattern: /\/mixer\/encode\// },
  { stage: 'audio mixing', cadence: 'sound', pattern: /\/mixer\/audio\/|\/mcu\/room\/audio-/ },
  { stage: 'pictures out', cadence: 'frame', pattern: /\/mcu\/room\/video-output/ },
  {
    stage: 'uplink',
    cadence: 'frame',
    pattern: /\/mcu\/room\/(uplink|wrtc)|\/node_modules\/@roamhq\//,
  },
  {
    stage: 'downlink',
    cadence: 'packet',
    pattern: /\/mcu\/(rtp\/|room\/(downlink|feeds))|\/node_modules\/node-datachannel\//,
  },
  { stage: 'the rest of the room', cadence: 'other', pattern: /\/(mcu|mixer)\// },
] as const;

/**
 * Functions that do nothing but call native code: V8 counts the time of an addon as that of the JavaScript that called it. The
 * libraries' own wrappers, and the one place of ours that calls node-datachannel for each packet.
 */
const nativeCallers = {
  url: /\/node_modules\/(node-av|node-datachannel|@roamhq\/wrtc|@napi-rs\/canvas)\//,
  ours: { url: /\/mcu\/room\/downlink/, name: /transmit/i },
};

const rowSchema = z.strictObject({
  stage: z.string(),
  /** What it is done for. */
  cadence: z.enum(cadences),
  /** Of the time that the profile covers, spent in JavaScript: 0 to 1. */
  javascript: z.number(),
  /** Spent in native code that this JavaScript called, with the libraries' thin wrappers. */
  native: z.number(),
});

/** What {@link profileTable} gives. Shares of the profile's time; what is missing to 1 was idle. */
export const profileTableSchema = z.strictObject({
  /** Seconds that the profile covers. */
  seconds: z.number(),
  rows: z.array(rowSchema),
  garbageCollection: z.number(),
  /** Native code that no JavaScript called: the event loop, callbacks on their way in. */
  outsideJavaScript: z.number(),
  idle: z.number(),
});

/** See {@link profileTableSchema}. */
export type ProfileTable = z.infer<typeof profileTableSchema>;

type Node = CpuProfile['nodes'][number];

/**
 * Sorts the time of a profile of a room process' main thread by stage. Time in a library, or in Node itself, is that of the
 * stage that called it; functions without a script are native.
 */
export function profileTable(profile: CpuProfile): ProfileTable {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  const spent = new Map<number, number>();
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const time = profile.timeDeltas[index] ?? 0;
    spent.set(id, (spent.get(id) ?? 0) + time);
    total += time;
  }
  const special = { '(garbage collector)': 0, '(program)': 0, '(idle)': 0 };
  const sums = new Map<string, z.infer<typeof rowSchema>>();
  for (const [id, time] of spent) {
    const node = nodes.get(id);
    if (node === undefined) continue;
    const { functionName } = node.callFrame;
    if (functionName in special) {
      special[functionName as keyof typeof special] += time;
      continue;
    }
    const { stage, cadence } = stageOf(node, parents);
    const row = sums.get(stage) ?? { stage, cadence, javascript: 0, native: 0 };
    row[isNative(node) ? 'native' : 'javascript'] += time;
    sums.set(stage, row);
  }
  const share = (time: number): number => (total > 0 ? Number((time / total).toFixed(5)) : 0);
  return {
    seconds: Number((total / 1e6).toFixed(3)),
    rows: [...sums.values()]
      .map((row) => ({ ...row, javascript: share(row.javascript), native: share(row.native) }))
      .sort((a, b) => b.javascript + b.native - a.javascript - a.native),
    garbageCollection: share(special['(garbage collector)']),
    outsideJavaScript: share(special['(program)']),
    idle: share(special['(idle)']),
  };
}

function isNative({ callFrame: { functionName, url } }: Node): boolean {
  const { ours } = nativeCallers;
  return (
    url === '' ||
    nativeCallers.url.test(url) ||
    (ours.url.test(url) && ours.name.test(functionName))
  );
}

/** The stage of the innermost function that belongs to one. */
function stageOf(node: Node, parents: ReadonlyMap<number, Node>) {
  for (let at: Node | undefined = node; at !== undefined; at = parents.get(at.id)) {
    const { url } = at.callFrame;
    const found = stages.find(({ pattern }) => pattern.test(url));
    if (found !== undefined) return found;
  }
  return { stage: 'Node and libraries', cadence: 'other' } as const;
}
