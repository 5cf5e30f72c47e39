import type { LabDocument } from '../lab/document.ts';

/** Stub. */
export function writeReport(document: LabDocument): void {
  console.log(document.date);
}
