import assert from 'node:assert/strict';
import { dirname, posix } from 'node:path';
import manifest from '../../../package.json';
import { anchors, codes, document, documents, isInRepository, names, withoutBlocks } from './documents';

const FOLDERS = ['api', 'apps', 'box', 'sessions', 'signIn', 'storage', 'ui'];
/** A path with a folder in it, that begins at the root or in `src`. */
const PATH = new RegExp(`^(src|test|docs|tools|examples|media|l10n|${FOLDERS.join('|')})/[\\w./*-]*$`);
/** A file of the root, by its name. */
const ROOT_FILE = /^(package(\.nls)?\.json|[A-Z]+\.md|LICENSE)$/;

/** The targets of links and pictures. */
function targets(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** Whether a path of a document exists: from the root, from `src`, or from where the document is. */
function exists(path: string, from: string): boolean {
  return ['', 'src', dirname(from)].some((base) => {
    const whole = posix.normalize(posix.join(base, path)).replace(/\/$/, '');
    return path.includes('*') ? matchesSome(whole) : isInRepository(whole);
  });
}

/** Whether a path with stars in its last part matches a file. */
function matchesSome(path: string): boolean {
  const folder = posix.dirname(path);
  const parts = posix
    .basename(path)
    .split('*')
    .map((part) => part.replaceAll('.', '\\.'));
  const pattern = new RegExp(`^${parts.join('.*')}$`);
  return isInRepository(folder) && names(folder).some((name) => pattern.test(name));
}

describe('The documents', () => {
  it('are those that people look for', () => {
    const paths = documents().map(({ path }) => path);
    const expected = ['README', 'CHANGELOG', 'CONTRIBUTING', 'SECURITY'].map((name) => `${name}.md`);
    const inDocs = ['administrators', 'api', 'architecture', 'decisions', 'extension-authors', 'reliability'];
    for (const path of [...expected, ...inDocs.map((name) => `docs/${name}.md`)]) {
      assert.ok(paths.includes(path), path);
    }
  });

  for (const { path, text } of documents()) {
    it(`${path} links to what exists`, () => {
      for (const target of targets(text)) {
        if (/^[a-z]+:/i.test(target)) {
          assert.equal(new URL(target).protocol, 'https:', target);
          continue;
        }
        const [file = '', anchor] = target.split('#');
        const linked = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
        assert.ok(isInRepository(linked), `${target} is not there`);
        if (anchor !== undefined) {
          assert.ok(anchors(document(linked).text).has(anchor), `${target} has no such heading`);
        }
      }
    });

    it(`${path} names files that exist`, () => {
      for (const code of codes(text)) {
        if (PATH.test(code) || ROOT_FILE.test(code)) assert.ok(exists(code, path), `${code} is not there`);
      }
    });

    it(`${path} names npm scripts that exist`, () => {
      const scripts = Object.keys(manifest.scripts);
      for (const [, name = ''] of text.matchAll(/npm run ([\w:-]*\w)/g)) {
        assert.ok(scripts.includes(name), `npm run ${name} is not there`);
      }
      for (const [, file = ''] of text.matchAll(/npx (?:tsx|mocha) ([\w./*-]+)/g)) {
        assert.ok(exists(file, path), `${file} is not there`);
      }
    });
  }

  it('reach every page of the documents from the README, over links', () => {
    const reached = new Set<string>();
    const follow = (path: string): void => {
      if (reached.has(path) || !path.endsWith('.md')) return;
      reached.add(path);
      for (const target of targets(document(path).text)) {
        const [file = ''] = target.split('#');
        if (file !== '' && !/^[a-z]+:/i.test(file))
          follow(posix.normalize(posix.join(posix.dirname(path), file)));
      }
    };
    follow('README.md');
    const missed = documents().filter(({ path }) => !reached.has(path));
    assert.deepEqual(
      missed.map(({ path }) => path),
      [],
    );
  });
});
