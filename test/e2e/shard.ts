/** One of several parts of the suites, which machines of their own run side by side: the first is number 1. */
export interface Shard {
  readonly number: number;
  readonly count: number;
}

/**
 * Reads what `--shard` is given, such as `1/3`.
 *
 * @throws Error when it is something else.
 */
export function parseShard(text: string): Shard {
  const [, first = '', second = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [number, count] = [Number(first), Number(second)];
  if (number < 1 || number > count)
    throw new Error(`--shard takes a part of all, like 1/3, and not ${text}.`);
  return { number, count };
}

/**
 * Gives the items of a shard. Each item is in one shard, in the order given; neighbors stay together, since they use the
 * same windows, and shards have about the same weight.
 */
export function shardOf<T>(items: readonly T[], { number, count }: Shard, weigh: (item: T) => number): T[] {
  const total = items.reduce((sum, item) => sum + weigh(item), 0);
  let before = 0;
  return items.filter((item) => {
    const middle = before + weigh(item) / 2;
    before += weigh(item);
    return Math.floor((middle / total) * count) === number - 1;
  });
}
