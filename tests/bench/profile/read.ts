import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { cpuProfileSchema, profileTable, profileTableSchema } from './table.ts';

/** What the profile of one room process says. */
export const roomProfileSchema = z.strictObject({ file: z.string(), table: profileTableSchema });

/** See {@link roomProfileSchema}. */
export type RoomProfile = z.infer<typeof roomProfileSchema>;

/** Spares that nobody took are left out: they were busy for less than this, in seconds, after they had started. */
const leastBusySeconds = 1;

/** Of so many the report speaks; the others are in the folder. */
const mostProfiles = 3;

/** Reads the profiles of a folder: those of the busiest processes, the busiest first. */
export function readProfiles(folder: string): RoomProfile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((file) => {
      const profile: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return { file, table: profileTable(cpuProfileSchema.parse(profile)) };
    })
    .filter(({ table }) => busySeconds(table) > leastBusySeconds)
    .sort((a, b) => busySeconds(b.table) - busySeconds(a.table))
    .slice(0, mostProfiles);
}

const busySeconds = ({ seconds, idle }: RoomProfile['table']): number => seconds * (1 - idle);
