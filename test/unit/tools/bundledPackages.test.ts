import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundledPackages } from '../../../tools/lib/bundledPackages';
import { softwareBill } from '../../../tools/lib/softwareBill';
import { thirdPartyNotices } from '../../../tools/lib/thirdPartyNotices';
import { useTemporaryFolders } from './temporaryFolder';

const extension = {
  publisher: 'someone',
  name: 'extension',
  displayName: 'An Extension',
  version: '1.2.3',
  license: 'MIT',
  dependencies: { alpha: '1.0.0', unused: '1.0.0' },
};

const files: Readonly<Record<string, string>> = {
  'node_modules/alpha/package.json': JSON.stringify({
    name: 'alpha',
    version: '1.0.0',
    license: 'MIT',
    dependencies: { '@scope/beta': '^2.0.0', unused: '*' },
  }),
  'node_modules/alpha/LICENSE.md': 'MIT License\r\n\r\nCopyright Alpha\r\n',
  'node_modules/alpha/node_modules/@scope/beta/package.json': JSON.stringify({
    name: '@scope/beta',
    version: '2.1.0',
    license: 'Apache-2.0',
  }),
  'node_modules/alpha/node_modules/@scope/beta/README.md':
    '# Beta\n\n## License\n\nCopyright Beta &lt;b@example.com&gt;\n\n[link]: https://example.com\n',
  'node_modules/alpha/node_modules/@scope/beta/NOTICE': 'Contains Gamma.\n',
};

const locked: Readonly<Record<string, object>> = {
  'node_modules/alpha': { integrity: 'sha512-YWxwaGE=' },
  'node_modules/alpha/node_modules/@scope/beta': { integrity: 'sha1-AAAA sha512-YmV0YQ==' },
};

/** What esbuild reports of two outputs; of `unused` no byte is left in them. */
const report = {
  inputs: {},
  outputs: {
    'dist/extension.js': {
      inputs: {
        'src/extension.ts': { bytesInOutput: 9 },
        'node_modules/alpha/index.js': { bytesInOutput: 5 },
        'node_modules/unused/index.js': { bytesInOutput: 0 },
      },
    },
    'dist/other.js': {
      inputs: { 'node_modules/alpha/node_modules/@scope/beta/lib/index.js': { bytesInOutput: 5 } },
    },
  },
} as unknown as Metafile;

describe('The packages in a bundle', () => {
  const temporaryFolder = useTemporaryFolders();

  /** A project with the packages above, some of their files and lines in the lock file replaced or taken away. */
  function project(changes: Readonly<Record<string, string | undefined>> = {}, lock = locked): string {
    const root = temporaryFolder();
    const all: Readonly<Record<string, string | undefined>> = {
      ...files,
      'package-lock.json': JSON.stringify({ packages: lock }),
      ...changes,
    };
    for (const [file, content] of Object.entries(all)) {
      if (content === undefined) continue;
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), content);
    }
    return root;
  }

  it('are those that code was taken from, by name, with licence, notice and hash', async () => {
    assert.deepEqual(await bundledPackages(project(), report), [
      {
        name: '@scope/beta',
        version: '2.1.0',
        license: 'Apache-2.0',
        licenseText: 'Copyright Beta <b@example.com>\n\nContains Gamma.',
        sha512: Buffer.from('beta').toString('hex'),
        dependencies: [],
      },
      {
        name: 'alpha',
        version: '1.0.0',
        license: 'MIT',
        licenseText: 'MIT License\n\nCopyright Alpha',
        sha512: Buffer.from('alpha').toString('hex'),
        dependencies: ['@scope/beta', 'unused'],
      },
    ]);
  });

  const alpha = 'node_modules/alpha';
  const refused: readonly [string, Record<string, string | undefined>, typeof locked, RegExp][] = [
    [
      'with a licence that is not accepted',
      { [`${alpha}/package.json`]: '{"name":"alpha","version":"1.0.0","license":"GPL-3.0-only"}' },
      locked,
      /alpha.*licence.*GPL-3\.0-only/,
    ],
    [
      'without a licence',
      { [`${alpha}/package.json`]: '{"name":"alpha","version":"1.0.0"}' },
      locked,
      /alpha.*licence.*undefined/,
    ],
    ['without the text of its licence', { [`${alpha}/LICENSE.md`]: undefined }, locked, /alpha.*text/],
    ['that is not in the lock file', {}, { ...locked, [alpha]: {} }, /no SHA-512 for alpha/],
    [
      'that only devDependencies need',
      {},
      { ...locked, [alpha]: { ...locked[alpha], dev: true } },
      /alpha.*devDependency/,
    ],
  ];
  for (const [what, changes, lock, message] of refused) {
    it(`may not be one ${what}`, async () => {
      await assert.rejects(bundledPackages(project(changes, lock), report), message);
    });
  }

  it('stand in the notices, each with version, licence and its text', async () => {
    const notices = thirdPartyNotices(await bundledPackages(project(), report));
    assert.match(notices, /^- @scope\/beta 2\.1\.0 \(Apache-2\.0\)\n- alpha 1\.0\.0 \(MIT\)\n/m);
    assert.match(
      notices,
      /^@scope\/beta 2\.1\.0 \(Apache-2\.0\)\n-+\n\nCopyright Beta .*\n\nContains Gamma\.\n/m,
    );
    assert.match(notices, /^alpha 1\.0\.0 \(MIT\)\n-+\n\nMIT License\n\nCopyright Alpha\n/m);
    assert.doesNotMatch(notices, /unused|\r/);
  });

  it('stand in the bill, which has what CycloneDX 1.6 demands, no date and no serial number', async () => {
    const bill: unknown = JSON.parse(softwareBill(extension, await bundledPackages(project(), report)));
    assert.deepEqual(bill, {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: {
        lifecycles: [{ phase: 'build' }],
        component: {
          type: 'application',
          'bom-ref': 'someone.extension@1.2.3',
          publisher: 'someone',
          name: 'extension',
          version: '1.2.3',
          description: 'An Extension',
          licenses: [{ license: { id: 'MIT' } }],
        },
      },
      components: [
        {
          type: 'library',
          'bom-ref': 'pkg:npm/%40scope/beta@2.1.0',
          name: '@scope/beta',
          version: '2.1.0',
          scope: 'required',
          licenses: [{ license: { id: 'Apache-2.0' } }],
          purl: 'pkg:npm/%40scope/beta@2.1.0',
          externalReferences: [
            {
              type: 'distribution',
              url: 'https://registry.npmjs.org/@scope/beta/-/beta-2.1.0.tgz',
              hashes: [{ alg: 'SHA-512', content: Buffer.from('beta').toString('hex') }],
            },
          ],
        },
        {
          type: 'library',
          'bom-ref': 'pkg:npm/alpha@1.0.0',
          name: 'alpha',
          version: '1.0.0',
          scope: 'required',
          licenses: [{ license: { id: 'MIT' } }],
          purl: 'pkg:npm/alpha@1.0.0',
          externalReferences: [
            {
              type: 'distribution',
              url: 'https://registry.npmjs.org/alpha/-/alpha-1.0.0.tgz',
              hashes: [{ alg: 'SHA-512', content: Buffer.from('alpha').toString('hex') }],
            },
          ],
        },
      ],
      dependencies: [
        { ref: 'someone.extension@1.2.3', dependsOn: ['pkg:npm/alpha@1.0.0'] },
        { ref: 'pkg:npm/%40scope/beta@2.1.0', dependsOn: [] },
        { ref: 'pkg:npm/alpha@1.0.0', dependsOn: ['pkg:npm/%40scope/beta@2.1.0'] },
      ],
    });
  });
});
