import { type Command, Option } from 'commander';
import { flagOf, settingDefinitions, type Settings } from './settings.ts';

/** Gives a command a flag for each setting; what it was given is in its options, by the keys of {@link Settings}. */
export function addSettingFlags(command: Command): Command {
  for (const key of Object.keys(settingDefinitions) as (keyof Settings)[]) {
    const { name, help, fallback } = settingDefinitions[key];
    const shown = fallback === null ? '' : `; default ${fallback}`;
    const flag = new Option(`--${flagOf(key)} <value>`, `${help} (${name}${shown})`);
    flag.attributeName = () => key;
    command.addOption(flag);
  }
  return command;
}
