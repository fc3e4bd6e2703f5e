import assert from 'node:assert/strict';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../../../tools/lib/paths';
import root from '../../../package.json';
import served from '../../vscode/package.json';

interface Package {
  readonly name: string;
  readonly version: string;
}

/** What the tests start themselves, from the project's own `node_modules`. */
const STARTED = ['code-server', '@sparticuz/chromium'];
const SHIM = 'file:';
const server = join(projectRoot, 'node_modules/code-server/lib/vscode');

const read = (file: string): Package => JSON.parse(readFileSync(file, 'utf8')) as Package;

/** The manifest of a package as a program in a folder finds it. npm nests one that conflicts with another's version. */
function found(name: string, from: string): string {
  const folders = createRequire(join(from, 'index.js')).resolve.paths(name) ?? [];
  const files = folders.map((folder) => join(folder, name, 'package.json'));
  return files.find(existsSync) ?? assert.fail(`${name} is not found from ${from}`);
}

describe('test/vscode/package.json', () => {
  const loaded = Object.entries(served.devDependencies).filter(([name]) => !STARTED.includes(name));

  for (const [name, version] of loaded) {
    it(`gives ${name} to the server, in its version, from where the server loads it`, () => {
      const file = found(name, join(server, 'out'));
      if (version.startsWith(SHIM)) {
        const shim = join(projectRoot, 'test/vscode', version.slice(SHIM.length));
        assert.equal(realpathSync(file), realpathSync(join(shim, 'package.json')));
        // `npm:` names another package that is installed in its place.
      } else assert.equal(read(file).version, version.replace(/^npm:.*@/, ''));
    });
  }

  it('gives what the tests start, from where they start it', () => {
    for (const [name, version] of Object.entries(served.devDependencies)) {
      if (!STARTED.includes(name)) continue;
      assert.equal(read(join(projectRoot, 'node_modules', name, 'package.json')).version, version, name);
    }
  });

  it('has no package that the server does not name', () => {
    const { dependencies } = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8')) as typeof root;
    for (const [name] of loaded) assert.ok(name in dependencies, name);
  });

  it('adds nothing to what the extension is made of', () => {
    assert.ok(!('dependencies' in served));
    assert.deepEqual(root.workspaces, ['test/vscode']);
    assert.ok(!existsSync(join(projectRoot, 'test/vscode/node_modules')), 'npm nested a package');
  });
});
