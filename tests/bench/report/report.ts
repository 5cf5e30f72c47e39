import type { z } from 'zod';
import { callSchema } from '../call.ts';
import { compositingSchema } from '../compositing.ts';
import { floorResultSchema } from '../floor.ts';
import { capacitySchema } from '../capacity.ts';
import { churnSchema } from '../churn.ts';
import { joinSchema } from '../join.ts';
import { slopesSchema } from '../slopes.ts';
import type { LabDocument } from '../lab/document.ts';
import { latencySchema } from '../latency.ts';
import { linksSchema } from '../links.ts';
import { mcuSchema } from '../mcu.ts';
import { mixSchema } from '../mix.ts';
import { recordingSchema } from '../recording.ts';
import type { Section } from './section.ts';
import { anything } from './sections/anything.ts';
import { call } from './sections/call.ts';
import { compositing } from './sections/compositing.ts';
import { floor } from './sections/floor.ts';
import { capacity } from './sections/capacity.ts';
import { churn } from './sections/churn.ts';
import { join } from './sections/join.ts';
import { slopes } from './sections/slopes.ts';
import { bars, machine } from './sections/general.ts';
import { latency } from './sections/latency.ts';
import { links } from './sections/links.ts';
import { mcu } from './sections/mcu.ts';
import { mix } from './sections/mix.ts';
import { recording } from './sections/recording.ts';
import { profiles } from './sections/profiles.ts';

/** The page and its plots, as the generator makes them. */
export interface Report {
  /** All of `docs/performance.md`. */
  readonly page: string;
  /** SVG by the file's name within `docs/performance/`. */
  readonly plots: Readonly<Record<string, string>>;
}

const of =
  <Result>(schema: z.ZodType<Result>, section: (result: Result) => Section) =>
  (result: unknown): Section =>
    section(schema.parse(result));

/** How the result of each benchmark is written. */
const sections: Readonly<Record<string, (result: unknown) => Section>> = {
  compositing: of(compositingSchema, compositing),
  floor: of(floorResultSchema, floor),
  mcu: of(mcuSchema, mcu),
  latency: of(latencySchema, latency),
  capacity: of(capacitySchema, capacity),
  churn: of(churnSchema, churn),
  join: of(joinSchema, join),
  slopes: of(slopesSchema, slopes),
  call: of(callSchema, call),
  links: of(linksSchema, links),
  mix: of(mixSchema, mix),
  recording: of(recordingSchema, recording),
};

/** What is not of one benchmark. */
const general: Readonly<Record<string, (document: LabDocument) => string>> = {
  machine,
  bars,
  profiles,
};

const mark = /<!-- measured: (\S+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * Writes what was measured into a page, between `<!-- measured: NAME -->` and `<!-- end -->`. All else on the page is
 * written by hand and stays as it is; the same document again changes nothing.
 */
export function makeReport(page: string, document: LabDocument): Report {
  const plots: Record<string, string> = {};
  const written = page.replace(mark, (_, name: string) => {
    const { markdown, plots: own } = sectionOf(name, document);
    Object.assign(plots, own);
    return `<!-- measured: ${name} -->\n\n${markdown}\n\n<!-- end -->`;
  });
  return { page: written, plots };
}

function sectionOf(name: string, document: LabDocument): Section {
  const whole = general[name];
  if (whole !== undefined) return { markdown: whole(document), plots: {} };
  const entry = document.results[name];
  if (entry === undefined) return { markdown: 'Not measured in this run.', plots: {} };
  if (entry.outcome === 'failed') {
    return { markdown: `Failed in this run: ${entry.why.split('\n')[0] ?? ''}`, plots: {} };
  }
  return (sections[name] ?? anything)(entry.result);
}
