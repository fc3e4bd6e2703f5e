import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLanguage } from '../../vscode/languagePack';
import { projectRoot } from '../../../tools/lib/paths';
import { harness } from '../harness';
import { Scene } from './scene';

describe('In another language', () => {
  it('the words of the code and of the manifest are those of VS Code’s display language', async () => {
    const { server } = await harness().freshBed(['consumer']);
    await inLanguage(server, 'de', async () => {
      const scene = await Scene.open();
      const shown = translation('l10n/bundle.l10n.de.json', '$(account) Box: Sign In');
      await scene.status.expectText(shown.replace('$(account) ', ''));
      const title = `Box: ${translation('package.nls.de.json', 'command.signIn.title')}`;
      assert.ok((await scene.workbench.commandsInPalette(title)).includes(title), `no command ${title}`);
    });
  });
});

function translation(file: string, key: string): string {
  const texts = JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as Readonly<Record<string, string>>;
  assert.ok(texts[key] !== undefined, `${file} has no ${key}`);
  return texts[key];
}
