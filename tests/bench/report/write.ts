import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDocument } from '../lab/document.ts';
import { makeReport } from './report.ts';

/** The page, and the folder of what belongs to it. */
export const reportPage = 'docs/performance.md';
/** See {@link reportPage}. */
export const reportFolder = 'docs/performance';

/** Writes the page from a run, and the run's JSON and the plots beside it. */
export function writeReport(document: LabDocument): void {
  const { page, plots } = makeReport(readFileSync(reportPage, 'utf8'), document);
  mkdirSync(reportFolder, { recursive: true });
  for (const name of readdirSync(reportFolder)) {
    if (name.endsWith('.svg')) rmSync(join(reportFolder, name));
  }
  writeFileSync(reportPage, page);
  writeFileSync(join(reportFolder, 'bench.json'), `${JSON.stringify(document, null, 2)}\n`);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(reportFolder, name), svg);
  console.log(`The report is ${reportPage}.`);
}
