/** Something that the benchmark measures. Needs the harness of the tests to be set. */
export interface Measurement {
  /** The key of the result. */
  readonly name: string;
  /** Measures, and gives what goes into the result as JSON. */
  run(): Promise<Result>;
}

/** What was measured, by names of its own, and how it stands to the budgets that there are for it. */
export interface Result extends Readonly<Record<string, unknown>> {
  readonly budgets?: Readonly<Record<string, Verdict>>;
}

/** How a measured value stands to its budget. */
export interface Verdict {
  readonly measured: number;
  readonly budget: string;
  readonly withinBudget: boolean;
}

/** Holds a value against the most that it may be. */
export function atMost(most: number, measured: number): Verdict {
  return { measured, budget: `at most ${most}`, withinBudget: measured <= most };
}

/** Holds a value against the only one that it may be. */
export function exactly(expected: number, measured: number): Verdict {
  return { measured, budget: `exactly ${expected}`, withinBudget: measured === expected };
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('There is nothing to take the median of.');
  return (low + high) / 2;
}

/** The value that so many percent of all, more than 0, do not exceed (nearest rank). */
export function percentile(percent: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) throw new Error('There is nothing to take a percentile of.');
  return value;
}

/** A ratio, rounded to two decimals. */
export function ratio(ours: number, theirs: number): number {
  return round(ours / theirs);
}

/** A number, rounded to two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
