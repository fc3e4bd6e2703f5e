/** Something that the benchmark measures. Needs the harness of the tests to be set. */
export interface Measurement {
  /** The key of the result. */
  readonly name: string;
  /** Measures, and gives what goes into the result as JSON. */
  run(): Promise<unknown>;
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new Error('There is nothing to take the median of.');
  return (low + high) / 2;
}

/** A ratio, rounded to two decimals. */
export function ratio(ours: number, theirs: number): number {
  return Math.round((ours / theirs) * 100) / 100;
}
