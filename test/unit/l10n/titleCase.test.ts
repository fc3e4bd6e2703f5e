import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import texts from '../../../package.nls.json';
import { buttonTexts } from '../../../tools/lib/localizable';
import { projectRoot } from '../../../tools/lib/paths';

/** What VS Code writes small within a title. */
const SMALL = new Set('a an and as at but by for from in into its of on or the to via with'.split(' '));
/** Names that are written as they are. */
const NAMES = new Set(['config.json', 'cURL', 'getSession', 'box-token']);

const isWritten = (word: string, isOutermost: boolean): boolean =>
  !/^\p{Ll}/u.test(word) || NAMES.has(word) || (!isOutermost && SMALL.has(word));

/** Whether a text is in Title Case, its icon, quotations and placeholders left aside. */
function isTitle(text: string): boolean {
  const words = text
    .replaceAll(/\$\([\w-]+\)|“[^”]*”|\{\d\}/g, '')
    .split(/[\s/]+/)
    .map((word) => word.replaceAll(/[…:.,!?()]+$/g, ''))
    .filter((word) => word !== '');
  return words.every((word, at) => isWritten(word, at === 0 || at === words.length - 1));
}

describe('Buttons and commands', () => {
  // What Box’s page says is told as a sentence.
  const buttons = buttonTexts(join(projectRoot, 'src/ui')).filter((text) => !text.includes('Box says'));

  it('are found', () => {
    for (const text of ['Reload Window', 'Sign In', '$(copy) Copy Access Token', 'Copy Link'])
      assert.ok(buttons.includes(text), text);
  });

  it('are in Title Case', () => {
    assert.deepEqual(
      buttons.filter((text) => !isTitle(text)),
      [],
    );
  });

  it('of the manifest are in Title Case', () => {
    const titles = Object.entries(texts).filter(([key]) => /^command\..*\.title$/.test(key));
    assert.ok(titles.length > 10);
    assert.deepEqual(
      titles.filter(([, title]) => !isTitle(title)),
      [],
    );
  });

  it('of the walkthrough are in Title Case', () => {
    const pages = JSON.parse(readFileSync(join(projectRoot, 'package.nls.json'), 'utf8')) as Record<
      string,
      string
    >;
    const links = Object.values(pages).flatMap((text) =>
      [...text.matchAll(/^\[([^\]]+)\]\(/gm)].map(([, link = '']) => link),
    );
    assert.ok(links.length > 5);
    assert.deepEqual(
      links.filter((link) => !isTitle(link)),
      [],
    );
  });
});
