import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../../package.json';
import { projectRoot } from '../../../tools/lib/paths';

const folder = join(projectRoot, '.github/workflows');

/** The first group of every match. */
function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, group = '']) => group);
}

describe('The workflows', () => {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');

    it(`of ${file} run npm scripts that there are`, () => {
      const scripts = all(text, /npm run (?:--silent )?([\w:]+)/g);
      assert.deepEqual(
        scripts.filter((script) => !(script in manifest.scripts)),
        [],
      );
    });

    it(`of ${file} use GitHub’s own actions only, each in one major version`, () => {
      const actions = all(text, /uses: (\S+)/g);
      assert.ok(actions.length > 0);
      for (const action of actions) assert.match(action, /^actions\/[a-z-]+@v\d+$/);
    });

    it(`of ${file} begin with no permission but to read`, () => {
      assert.match(text, /^permissions:(?: \{\}|\n {2}contents: read)\n\n/m);
    });
  }

  it('publish from a tag what was tested, and hand each secret to one step only', () => {
    const text = readFileSync(join(folder, 'release.yml'), 'utf8');
    assert.match(text, /^ {4}tags: \['v\*'\]$/m);
    assert.deepEqual(all(text, /^ {6,10}(\w+_PAT): \$\{\{ secrets\.\w+ \}\}$/gm), ['VSCE_PAT', 'OVSX_PAT']);
    assert.deepEqual(all(text, /^ {6}(\w+: write)$/gm), ['contents: write']);
    assert.deepEqual(all(text, /^ {4}needs: (.+)$/gm), ['build', '[build, rebuild]', 'release']);
    for (const command of ['.ci/run', 'npm run test:oldest', 'npm audit --omit=dev']) {
      assert.ok(text.includes(`run: ${command}\n`), command);
    }
  });
});
