import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { bytesAtStart } from '../../../tools/lib/bundle';
import { madeFiles, packExtension, type ExtensionPackage } from '../../../tools/lib/extensionPackage';
import { filesOf } from '../../../tools/lib/reproducibleZip';
import { projectRoot } from '../../../tools/lib/paths';
import { SEED } from '../../emulator/src';
import { useTemporaryFolders } from './temporaryFolder';
import { inTimeZone } from './timeZone';

const mostBundleBytes = 110_000;

/** All that may be in the VSIX. */
const expectedFiles = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/package\.json$/,
  /^extension\/package\.nls(\.[a-z-]+)?\.json$/,
  /^extension\/l10n\/bundle\.l10n\.[a-z-]+\.json$/,
  /^extension\/(readme|changelog)\.md$/,
  /^extension\/(LICENSE|ThirdPartyNotices)\.txt$/,
  /^extension\/sbom\.cdx\.json$/,
  /^extension\/bin\/box-token(\.cmd)?$/,
  /^extension\/dist\/box-token\.cjs$/,
  /^extension\/dist\/extension\.mjs$/,
  /^extension\/dist\/parts\/[A-Za-z-]+-[A-Z0-9]{8}\.mjs$/,
  /^extension\/media\/icon\.png$/,
  /^extension\/media\/walkthrough\/[a-z-]+\.png$/,
];

interface Bill {
  readonly components: readonly BilledPackage[];
}

interface BilledPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly externalReferences: readonly { readonly hashes: readonly { readonly content: string }[] }[];
}

describe('The package of the extension', () => {
  const temporaryFolder = useTemporaryFolders();
  let folder: string;
  let first: ExtensionPackage;
  let second: ExtensionPackage;
  let files: ReadonlyMap<string, Uint8Array>;

  before(async function () {
    this.timeout(60_000);
    folder = temporaryFolder();
    first = await inTimeZone('Pacific/Kiritimati', () => packExtension(folder));
    second = await inTimeZone('America/Los_Angeles', () => packExtension(temporaryFolder()));
    files = filesOf(first.vsix);
  });

  function text(file: string): string {
    const content = files.get(file);
    assert.ok(content, `${file} is not in the VSIX`);
    return Buffer.from(content).toString();
  }

  it('has the same bytes when it is made again at another time', () => {
    assert.ok(Buffer.from(first.vsix).equals(second.vsix));
  });

  it('has no client secret of an emulator', () => {
    const bundled = [...files].filter(([file]) => file.endsWith('.mjs'));
    const holders = bundled.filter(([, content]) => Buffer.from(content).includes(SEED.clientSecret));
    assert.deepEqual(holders, []);
  });

  it('has nothing in it but what is needed', () => {
    const others = [...files.keys()].filter((file) => !expectedFiles.some((each) => each.test(file)));
    assert.deepEqual(others, []);
  });

  it('has the whole bundle, and what package.json names', () => {
    const bundled = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' });
    const needed = bundled
      .filter((file) => file.endsWith('.mjs'))
      .map((file) => `./dist/${file.replaceAll('\\', '/')}`);
    assert.ok(needed.includes(manifest.main));
    const named = JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g);
    const pictures = [...named].map(([, picture = '']) => picture);
    assert.ok(pictures.includes(manifest.icon));
    for (const file of [...needed, ...pictures]) text(join('extension', file).replaceAll('\\', '/'));
  });

  it('has documents that stand by themselves: no link that leads nowhere, and no picture that VS Code would not show', () => {
    for (const file of ['extension/readme.md', 'extension/changelog.md']) {
      const targets = [...text(file).matchAll(/\]\((?<target>[^)]+)\)/g)].map(([, target = '']) => target);
      for (const target of targets) assert.match(target, /^(?:https:|#)/);
    }
  });

  it(`loads less than ${mostBundleBytes} bytes when a window starts`, async () => {
    const bytes = await bytesAtStart((path) => {
      const content = files.get(`extension/dist/${path}`);
      assert.ok(content !== undefined, `${path} is missing`);
      return Buffer.from(content);
    });
    assert.ok(bytes < mostBundleBytes, `${bytes} bytes`);
  });

  it('has box-token, which can be run as it is unpacked, and nothing else that can', () => {
    const modes = modesOf(first.vsix);
    assert.deepEqual([...modes.keys()].sort(), [...files.keys()].sort());
    for (const [name, mode] of modes) {
      assert.equal(mode.toString(8), name === 'extension/bin/box-token' ? '100755' : '100644', name);
    }
    assert.ok(text('extension/bin/box-token').startsWith('#!/bin/sh\n'));
    assert.ok(text('extension/bin/box-token.cmd').startsWith('@echo off\r\n'));
    assert.ok(text('extension/dist/box-token.cjs').length < 12_000);
  });

  it('has no path of the machine that made it', () => {
    for (const [file, content] of files) {
      for (const path of [projectRoot, folder]) assert.ok(!Buffer.from(content).includes(path), file);
    }
  });

  it('says in the bill which packages are bundled: every one that the extension needs, in the version locked', () => {
    const { components } = JSON.parse(text(`extension/${madeFiles.bill}`)) as Bill;
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly version?: string }>>;
    };
    const names = components.map(({ name }) => name);
    for (const name of Object.keys(manifest.dependencies)) assert.ok(names.includes(name), name);
    assert.ok(names.includes('fetch-blob'), 'what the packages need is bundled too');
    assert.ok(!names.includes('web-streams-polyfill'), 'what is left out of the bundle is not in the bill');
    for (const { name, version, purl, externalReferences } of components) {
      assert.equal(version, lock.packages[`node_modules/${name}`]?.version, name);
      assert.equal(purl, `pkg:npm/${name}@${version}`);
      assert.match(externalReferences[0]?.hashes[0]?.content ?? '', /^[0-9a-f]{128}$/, name);
    }
  });

  it('gives the bill that is in it', () => {
    assert.equal(first.bill, text(`extension/${madeFiles.bill}`));
  });

  it('has in the notices every package of the bill, its licence and whose it is', () => {
    const { components } = JSON.parse(first.bill) as Bill;
    const notices = text(`extension/${madeFiles.notices}`);
    const [, ...sections] = notices.split(/^-{80}\n(?=\S+ \d)/m);
    assert.equal(sections.length, components.length);
    for (const [index, { name, version }] of components.entries()) {
      const section = sections[index] ?? '';
      assert.ok(section.startsWith(`${name} ${version} (MIT)\n`), name);
      assert.ok(notices.includes(`- ${name} ${version} (MIT)\n`), name);
      assert.match(section, /Copyright (\(c\) )?(\d{4}|[A-Z])/i, name);
      assert.match(section, /Permission is hereby granted, free of charge/, name);
      assert.match(section, /WITHOUT WARRANTY OF ANY KIND/, name);
    }
  });

  it('tells the galleries that it is free, has an icon and a licence, and asks for no sponsor', () => {
    const gallery = text('extension.vsixmanifest');
    assert.match(
      gallery,
      /<Property Id="Microsoft.VisualStudio.Services.Content.Pricing" Value="Free"\s*\/>/,
    );
    assert.match(gallery, /Services\.Icons\.Default" Path="extension\/media\/icon\.png"/);
    assert.match(gallery, /<License>extension\/LICENSE\.txt<\/License>/);
    assert.match(gallery, /Content\.Details" Path="extension\/readme\.md"/);
    assert.match(gallery, /Content\.Changelog" Path="extension\/changelog\.md"/);
    assert.doesNotMatch(gallery, /sponsor/i);
    assert.doesNotMatch(gallery, /EnabledApiProposals" Value="[^"]/);
  });
});

/** The modes of the files of a zip archive, from its central directory. */
function modesOf(archive: Uint8Array): ReadonlyMap<string, number> {
  const bytes = Buffer.from(archive);
  const modes = new Map<string, number>();
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const nameEnd = at + 46 + (name ?? 0);
    modes.set(bytes.toString('utf8', at + 46, nameEnd), bytes.readUInt32LE(at + 38) >>> 16);
    at = nameEnd + (extra ?? 0) + (comment ?? 0);
  }
  return modes;
}
