/** The process of `onegrid doctor`. It loads nothing native: what may end its process is tried in others. */
import { Command, CommanderError } from 'commander';
import { addSettingFlags } from '../config/flags.ts';
import { readSettings, type Settings, SettingsError } from '../config/settings.ts';
import { packageVersion } from '../version.ts';
import { checkup } from './checkup.ts';
import { missing } from './finding.ts';
import { type FindingGroup, groupText, type ReportStyle, summaryText } from './report.ts';

const exitCodes = { well: 0, lacking: 1, usage: 2 } as const;

const help = `
Looks whether this machine has what a server with these settings needs: libraries, codecs, ffmpeg, ports, disk, and each
STUN and TURN server. Takes a few seconds, and can be run beside a running server.

Exit codes: 0 all that matters is there (warnings may be), 1 something is missing, 2 wrong usage.`;

function doctorCommand(): Command {
  const command = new Command('onegrid doctor')
    .description('Looks whether this machine has what a server needs, and says what is missing.')
    .option('--json', 'print the findings as JSON')
    .allowExcessArguments(false)
    .addHelpText('after', help)
    .exitOverride();
  return addSettingFlags(command);
}

/** How the report is written to this terminal, file or pipe. */
const styleOf = ({ isTTY, columns }: NodeJS.WriteStream): ReportStyle => ({
  colour: isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  columns: isTTY ? columns : null,
});

/** Settings that cannot be used: without them there is nothing more to look at. */
const settingsGroup = (error: SettingsError): FindingGroup => ({
  title: 'Settings',
  findings: [missing('settings', error.message, 'Correct that first: nothing else was looked at.')],
});

async function examine(flags: Record<string, string>, json: boolean): Promise<number> {
  const { stdout } = process;
  const style = styleOf(stdout);
  const told = (group: FindingGroup): void => {
    if (!json) stdout.write(`\n${groupText(group, style)}`);
  };
  if (!json) {
    const { node } = process.versions;
    stdout.write(
      `onegrid ${packageVersion()}, Node ${node}, ${process.platform} ${process.arch}\n`,
    );
  }
  let groups: FindingGroup[];
  try {
    const settings: Settings = readSettings(process.env, flags);
    groups = await checkup(settings, process.env, told);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    groups = [settingsGroup(error)];
    groups.forEach(told);
  }
  const findings = groups.flatMap(({ title, findings: found }) =>
    found.map((finding) => ({ group: title.toLowerCase(), ...finding })),
  );
  const ok = findings.every(({ status }) => status !== 'missing');
  stdout.write(
    json
      ? `${JSON.stringify({ ok, version: packageVersion(), findings }, null, 2)}\n`
      : `\n${summaryText(groups, style)}\n`,
  );
  return ok ? exitCodes.well : exitCodes.lacking;
}

/**
 * Runs the command and ends the process.
 *
 * @param args - What stands behind `doctor`.
 */
export async function main(args: readonly string[]): Promise<never> {
  // Who reads us may have gone, as in `onegrid doctor | head`.
  process.stdout.on('error', () => undefined);
  const command = doctorCommand();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed what is wrong; asking for help is not wrong.
    process.exit(error.exitCode === 0 ? exitCodes.well : exitCodes.usage);
  }
  const { json = false, ...flags } = command.opts<{ json?: boolean } & Record<string, string>>();
  const exitCode = await examine(flags, json);
  await new Promise((resolve) => process.stdout.write('', resolve));
  process.exit(exitCode);
}
