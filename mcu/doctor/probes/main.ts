/** One probe of `onegrid doctor`, in a process that native code may end. */
import type { Finding } from '../finding.ts';
import { notLoaded, type ProbeName, type ProbeOrder } from '../native.ts';

/** What a probe's module exports. */
interface Probe {
  /** Looks; what it throws is a fault of the probe's own. */
  run(settings: ProbeOrder['settings']): Promise<Finding[]>;
}

// Only here, so that one that does not load is told of as such.
const modules: Record<ProbeName, () => Promise<Probe>> = {
  uplink: () => import('./uplink.ts'),
  downlink: () => import('./downlink.ts'),
  codecs: () => import('./codecs.ts'),
  fonts: () => import('./fonts.ts'),
  call: () => import('./call.ts'),
};

async function look({ probe, settings }: ProbeOrder): Promise<Finding[]> {
  let loaded: Probe;
  try {
    loaded = await modules[probe]();
  } catch (error) {
    return [notLoaded(probe, error)];
  }
  return loaded.run(settings);
}

process.once('message', (order) => {
  // From our own parent, as fork() has it.
  void look(order as ProbeOrder).then((findings) => {
    // Native threads would keep it alive.
    process.send?.({ findings }, () => process.exit(0));
  });
});
process.on('disconnect', () => process.exit(0));
