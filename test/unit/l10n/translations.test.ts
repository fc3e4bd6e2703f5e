import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localizableTexts } from '../../../tools/lib/localizable';
import { projectRoot } from '../../../tools/lib/paths';

type Bundle = Readonly<Record<string, string>>;

const LANGUAGES = ['de', 'es', 'fr', 'ja'];
/** What stands in a text and is not for translators: placeholders, icons, link targets, code, line breaks. */
const FIXED = /\{\d+\}|\$\([\w-]+\)|\]\([^)]*\)|`[^`]*`|\n/g;
/** Literals of `ui` that read like sentences and are none: a key of the state, a part of a User-Agent, code to paste. */
const NO_SENTENCES = [/^own page$/, /^ \(VS Code $/, /^const session = await/];

const bundle = (file: string): Bundle => JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Bundle;
const fixed = (text: string): string[] => [...text.matchAll(FIXED)].map(([part]) => part).sort();

describe('The texts that people see', () => {
  const { messages, computed, bare } = localizableTexts('src');

  it('all stand where they are used, so that a bundle can hold them', () => {
    assert.deepEqual(computed, []);
  });

  it('all go through vscode.l10n.t', () => {
    const others = bare.filter(
      ({ text, place }) =>
        place.startsWith(join('src', 'ui')) && !NO_SENTENCES.some((each) => each.test(text)),
    );
    assert.deepEqual(others, []);
  });

  it('are the keys of the English bundle: npm run l10n', () => {
    const texts = [...new Set(messages.map(({ text }) => text))].sort();
    assert.deepEqual(Object.keys(bundle('l10n/bundle.l10n.json')), texts);
  });

  it('of the manifest are keys, each of which is used', () => {
    const { contributes, description } = JSON.parse(
      readFileSync(join(projectRoot, 'package.json'), 'utf8'),
    ) as { contributes: unknown; description: string };
    const used = new Set(
      [...JSON.stringify([contributes, description]).matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key),
    );
    assert.deepEqual([...used].sort(), Object.keys(bundle('package.nls.json')).sort());
  });
});

describe('The languages', () => {
  it('are those that are tested, for the code and for the manifest', () => {
    const of = (folder: string, form: RegExp): (string | undefined)[] =>
      readdirSync(join(projectRoot, folder))
        .flatMap((name) => form.exec(name)?.[1] ?? [])
        .sort();
    assert.deepEqual(of('l10n', /^bundle\.l10n\.(.+)\.json$/), LANGUAGES);
    assert.deepEqual(of('.', /^package\.nls\.(.+)\.json$/), LANGUAGES);
  });

  for (const language of LANGUAGES) {
    for (const [english, translated] of [
      ['l10n/bundle.l10n.json', `l10n/bundle.l10n.${language}.json`],
      ['package.nls.json', `package.nls.${language}.json`],
    ] as const) {
      describe(translated, () => {
        const original = bundle(english);
        const translation = bundle(translated);

        it('has every text, and none that is gone', () => {
          assert.deepEqual(Object.keys(translation), Object.keys(original));
        });

        it('leaves nothing empty', () => {
          assert.deepEqual(
            Object.keys(translation).filter((key) => translation[key]?.trim() === ''),
            [],
          );
        });

        it('keeps placeholders, icons, links, code and line breaks', () => {
          for (const [key, text] of Object.entries(original)) {
            assert.deepEqual(fixed(translation[key] ?? ''), fixed(text), key);
          }
        });

        it('keeps the space around a text', () => {
          const around = (text = ''): unknown => [/^\s*/.exec(text)?.[0], /\s*$/.exec(text)?.[0]];
          for (const [key, text] of Object.entries(original)) {
            assert.deepEqual(around(translation[key]), around(text), key);
          }
        });
      });
    }
  }
});
