import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/lib/paths';

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly license: string;
  readonly icon: string;
  readonly galleryBanner: { readonly color: string; readonly theme: string };
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly pricing: string;
  readonly qna: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (file: string): Buffer => readFileSync(join(projectRoot, file));
const manifest = JSON.parse(read('package.json').toString()) as Manifest;

describe('package.json for the galleries', () => {
  it('names the extension as it is known', () => {
    const { publisher, name, displayName, license } = manifest;
    assert.deepEqual(
      { publisher, name, displayName, license },
      {
        publisher: 'vscode-box',
        name: 'box-authentication',
        displayName: 'Box Authentication',
        license: 'MIT',
      },
    );
  });

  it('has a version of three numbers, which the Marketplace demands', () => {
    assert.match(manifest.version, /^\d+\.\d+\.\d+$/);
  });

  it('describes it in words of package.nls.json, in one sentence that fits into the list', () => {
    const key = /^%(.+)%$/.exec(manifest.description)?.[1] ?? '';
    const texts = JSON.parse(read('package.nls.json').toString()) as Readonly<Record<string, string>>;
    const { length } = texts[key] ?? '';
    assert.ok(length >= 20 && length <= 200, `${length} characters`);
  });

  it('has an icon of 256 by 256 pixels, PNG', () => {
    const icon = read(manifest.icon);
    assert.equal(icon.subarray(1, 4).toString('latin1'), 'PNG');
    assert.deepEqual([icon.readUInt32BE(16), icon.readUInt32BE(20)], [256, 256]);
  });

  it('has a banner, categories and keywords that the Marketplace takes', () => {
    assert.match(manifest.galleryBanner.color, /^#[0-9a-f]{6}$/);
    assert.match(manifest.galleryBanner.theme, /^(dark|light)$/);
    assert.deepEqual(manifest.categories, ['Other']);
    assert.ok(manifest.keywords.length > 0 && manifest.keywords.length <= 30);
    assert.equal(new Set(manifest.keywords).size, manifest.keywords.length);
  });

  it('is free, answers questions in the Marketplace, and asks for no sponsor', () => {
    assert.deepEqual([manifest.pricing, manifest.qna], ['Free', 'marketplace']);
    assert.ok(!('sponsor' in manifest));
  });

  it('uses no proposed API, which Open VSX and the Marketplace refuse', () => {
    assert.ok(!('enabledApiProposals' in manifest) && !('enableProposedApi' in manifest));
  });

  it('is compiled against the API of the oldest VS Code that it names', () => {
    const minor = /^\^(1\.\d+)\.0$/.exec(manifest.engines.vscode)?.[1];
    assert.ok(minor, manifest.engines.vscode);
    assert.match(manifest.devDependencies['@types/vscode'] ?? '', new RegExp(`^${minor}\\.`));
  });

  it('stands beside a readme, a changelog and a licence that the galleries can show', () => {
    const readme = read('README.md').toString();
    assert.ok(readme.startsWith('# '), 'a heading');
    for (const [, picture = ''] of readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assert.doesNotMatch(picture, /^http:|\.svg$/, 'the Marketplace refuses it');
    }
    assert.match(read('CHANGELOG.md').toString(), /^# Changelog$/m);
    assert.match(read('LICENSE').toString(), /^MIT License$/m);
  });
});
