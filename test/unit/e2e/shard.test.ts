import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseShard, shardOf } from '../../e2e/shard';
import { SAME_VALUES } from '../support/property';

const shardsOf = (weights: readonly number[], count: number): number[][] =>
  Array.from({ length: count }, (_, index) =>
    shardOf(weights, { number: index + 1, count }, (weight) => weight),
  );

describe('shards of the tests in a real VS Code', () => {
  it('are read', () => {
    assert.deepEqual(parseShard('2/3'), { number: 2, count: 3 });
    for (const text of ['', '3', '0/3', '4/3', '1/0', 'a/b', '1/3/5', '-1/3']) {
      assert.throws(() => parseShard(text), /like 1\/3/, text);
    }
  });

  it('have each suite once, neighbors together', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }));
    const property = fc.property(weights, fc.integer({ min: 1, max: 6 }), (all, count) => {
      assert.deepEqual(shardsOf(all, count).flat(), all);
    });
    fc.assert(property, SAME_VALUES);
  });

  it('have about the same weight', () => {
    assert.deepEqual(shardsOf([5, 1, 1, 1, 2, 4, 1], 3), [[5], [1, 1, 1, 2], [4, 1]]);
  });
});
