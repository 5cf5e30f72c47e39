import type { Settings } from '../config/settings.ts';
import { roomSettings } from '../gateway/room-settings.ts';
import { checkCertificate } from './certificate.ts';
import { checkDisk } from './disk.ts';
import type { Finding } from './finding.ts';
import { checkIce } from './ice.ts';
import { checkMachine } from './machine.ts';
import { type ProbeName, runProbe } from './native.ts';
import { checkPorts } from './ports.ts';
import { checkPrograms } from './programs.ts';
import type { FindingGroup } from './report.ts';

/**
 * Looks at everything; most of it at the same time.
 * @param settings - as the server has them
 * @param environment - where programs are looked for
 * @param told - given each group as soon as it and those before it are there
 */
export async function checkup(
  settings: Settings,
  environment: NodeJS.ProcessEnv,
  told: (group: FindingGroup) => void,
): Promise<FindingGroup[]> {
  // First and alone: how late timers are is not to be seen while we take the processor ourselves.
  const machine: FindingGroup = { title: 'Machine', findings: await checkMachine(settings) };
  told(machine);
  const probe = (name: ProbeName): Promise<Finding[]> => runProbe(name, roomSettings(settings));
  const groups: [string, Promise<Finding[]>][] = [
    ['Libraries', all([probe('uplink'), probe('downlink'), probe('codecs'), probe('fonts')])],
    ['Programs', checkPrograms(environment)],
    ['Ports', all([checkPorts(settings), checkCertificate(settings, Date.now())])],
    ['Disk', checkDisk(settings)],
    ['Network', all([checkIce(settings), probe('call')])],
  ];
  const found = [machine];
  for (const [title, findings] of groups) {
    const group = { title, findings: await findings };
    told(group);
    found.push(group);
  }
  return found;
}

const all = async (parts: Promise<Finding[]>[]): Promise<Finding[]> =>
  (await Promise.all(parts)).flat();
