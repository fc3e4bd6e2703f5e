import assert from 'node:assert/strict';
import { strToU8, zipSync, type Zippable } from 'fflate';
import { filesOf, reproducibleZip } from '../../../tools/lib/reproducibleZip';
import { inTimeZone } from './timeZone';

const contents: Readonly<Record<string, string>> = {
  'extension/package.json': '{}',
  '[Content_Types].xml': '<Types/>',
  'extension/dist/extension.js': 'exports.activate = () => undefined;'.repeat(50),
  'extension/Ünicode.txt': 'Grüße',
};

/** A zip archive of the files, with what a packager adds to them. */
function archive(names: readonly string[], options: { mtime: Date; level: 0 | 9; os: number }): Uint8Array {
  const files: Zippable = {};
  for (const name of names) files[name] = [strToU8(contents[name] ?? ''), options];
  return zipSync(files);
}

describe('reproducibleZip', () => {
  const names = Object.keys(contents);
  const early = archive(names, { mtime: new Date(2001, 1, 3), level: 9, os: 3 });
  const late = archive([...names].reverse(), { mtime: new Date(2026, 10, 24), level: 0, os: 0 });

  it('gives the same bytes whatever the order, dates, systems and compression were', () => {
    assert.notDeepEqual(early, late);
    assert.deepEqual(reproducibleZip(early), reproducibleZip(late));
  });

  it('gives the same bytes in every time zone', async () => {
    const ahead = await inTimeZone('Pacific/Kiritimati', () => reproducibleZip(early));
    const behind = await inTimeZone('America/Los_Angeles', () => reproducibleZip(early));
    assert.deepEqual(ahead, behind);
  });

  it('keeps every file', () => {
    const kept = [...filesOf(reproducibleZip(early))].map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString(),
    ]);
    assert.deepEqual(Object.fromEntries(kept), contents);
  });

  it('gives other bytes for another content or name', () => {
    const content = zipSync({ a: strToU8('1') });
    for (const other of [zipSync({ a: strToU8('2') }), zipSync({ b: strToU8('1') })]) {
      assert.notDeepEqual(reproducibleZip(content), reproducibleZip(other));
    }
  });

  it('refuses what is no archive', () => {
    assert.throws(() => reproducibleZip(strToU8('no archive')));
  });
});
