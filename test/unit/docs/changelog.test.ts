import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { document } from './documents';

const { text } = document('CHANGELOG.md');
/** The kinds of changes that Keep a Changelog 1.1.0 knows, in its order. */
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
const RELEASE = /^\[?(\d+\.\d+\.\d+)\]? - (\d{4}-\d{2}-\d{2})$/;

/** A version as a text that sorts as versions do. */
function sortable(version: string): string {
  return version
    .split('.')
    .map((number) => number.padStart(6, '0'))
    .join('.');
}

interface Version {
  readonly name: string;
  /** Each with what is below it. */
  readonly kinds: readonly (readonly [kind: string, body: string])[];
  /** What is above the first of them. */
  readonly above: string;
}

function versions(): readonly Version[] {
  const [, ...parts] = text.split(/^## /m);
  return parts.map((part) => {
    const [head = '', ...kinds] = part.split(/^### /m);
    const [name = '', ...above] = head.split('\n');
    return {
      name: name.trim(),
      above: above.join('\n').trim(),
      kinds: kinds.map((kind) => [kind.split('\n')[0]?.trim() ?? '', kind.slice(kind.indexOf('\n')).trim()]),
    };
  });
}

describe('CHANGELOG.md', () => {
  it('begins as Keep a Changelog does', () => {
    assert.match(text, /^# Changelog\n\n(?!#)/);
    const [head = ''] = text.split(/^## /m);
    for (const name of ['https://keepachangelog.com/en/1.1.0/', 'https://semver.org/']) {
      assert.ok(head.includes(name), name);
    }
  });

  it('has what is not released first, then releases with their days, the newest first', () => {
    const [first, ...releases] = versions();
    assert.equal(first?.name, '[Unreleased]');
    const days = releases.map(({ name }) => RELEASE.exec(name)?.[2] ?? assert.fail(`${name} is no release`));
    for (const day of days) assert.equal(new Date(day).toISOString().slice(0, 10), day);
    assert.deepEqual(days, days.toSorted().reverse());
    const numbers = releases.map(({ name }) => sortable(RELEASE.exec(name)?.[1] ?? ''));
    assert.deepEqual(numbers, [...new Set(numbers)].sort().reverse());
    assert.ok((numbers[0] ?? '') <= sortable(manifest.version), 'a release is newer than the manifest');
  });

  it('sorts the changes of each version by the six kinds, each once and with entries', () => {
    for (const { name, kinds, above } of versions()) {
      const names = kinds.map(([kind]) => kind);
      assert.equal(above, '', `${name} has changes of no kind`);
      assert.deepEqual(
        names,
        KINDS.filter((kind) => names.includes(kind)),
        name,
      );
      for (const [kind, body] of kinds) assert.match(body, /^- \S/, `${kind} of ${name}`);
    }
  });

  it('has whole sentences, one a line of the list', () => {
    for (const { kinds } of versions()) {
      for (const entry of kinds.flatMap(([, body]) => body.split(/^- /m).slice(1))) {
        assert.match(entry.trim(), /^[\p{Lu}*`][^]*[.]$/u, entry);
        assert.doesNotMatch(entry, /\n\S/, `not indented: ${entry}`);
      }
    }
  });
});
