import { readFileSync, writeFileSync } from 'node:fs';

/** How many tests had which end. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, for the end of a long output. */
  readonly failures: readonly string[];
}

/** The environment variable that names the file into which a test run writes its counts, as JSON. */
export const countsVariable = 'TEST_COUNTS';

/** The counts of a run without tests. */
export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Adds up counts. */
export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, { passed, failed, skipped, failures }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
      failures: [...total.failures, ...failures],
    }),
    noCounts,
  );
}

/** The one line that ends a test run: `N passed, N failed`, and how many were skipped when some were. */
export function format({ passed, failed, skipped }: Counts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

/** How a failure is told: the whole title of the test, and the message of its error. */
export function failure(title: string, message = 'It gave no reason.'): string {
  return `${title}\n${message.replace(/^/gm, '    ')}`;
}

/** Writes counts where {@link countsVariable} says, if it says so. */
export function report(counts: Counts): void {
  const file = process.env[countsVariable];
  if (file) writeFileSync(file, JSON.stringify(counts));
}

/** Reads what {@link report} wrote; `undefined` when the run ended before it could. */
export function read(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}
