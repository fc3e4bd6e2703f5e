import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedKey } from '../../../emulator/src/keys';
import { SEED } from '../../../emulator/src';
import { askJwtConfig } from '../../../../src/ui/apps/jwtConfigPrompt';
import { useEditor, type AskedIn } from '../../support/standInEditor';

const CONFIG = {
  boxAppSettings: {
    clientID: SEED.jwtClientId,
    clientSecret: 'oneClientSecret4q8w2e6r0t1y5u9',
    appAuth: { publicKeyID: SEED.jwtKeyId, privateKey: '', passphrase: '' },
  },
  enterpriseID: SEED.enterpriseId,
};

describe('B7: A config.json without the private key', () => {
  const editor = useEditor();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'box-authentication-unit-'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(CONFIG));
    writeFileSync(join(folder, 'public.pem'), seedKey().publicPem);
    writeFileSync(join(folder, 'private.pem'), seedKey().privatePem);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Answers what is asked next, which is asked so. */
  const answer = async (how: AskedIn, text: RegExp, choice: unknown): Promise<string> => {
    const end = Date.now() + 2000;
    let shown = await editor().last();
    while (!shown.isOpen && Date.now() < end) shown = await editor().last();
    assert.equal(shown.in, how, shown.text);
    assert.match(shown.text, text);
    shown.answer(choice);
    const [options] = shown.choices as [{ detail?: string } | undefined];
    return options?.detail ?? '';
  };
  const file = (name: string) => [{ path: join(folder, name) }];

  it('has it asked for, with its passphrase, until both fit', async () => {
    const asked = askJwtConfig();
    await answer('openDialog', /config\.json/, file('config.json'));
    await answer('information', /has no private key/, 'Choose Private Key…');
    await answer('openDialog', /Private Key/, file('public.pem'));
    const detail = await answer('error', /public\.pem can’t be used/, 'Choose Another File…');
    assert.match(detail, /isn’t a private key in PEM format/);
    await answer('openDialog', /Private Key/, file('private.pem'));
    await answer('inputBox', /^Passphrase/, 'wrong');
    await answer('inputBox', /doesn’t open the private key/, seedKey().passphrase);
    const chosen = await asked;
    assert.equal(chosen?.file.path, join(folder, 'config.json'));
    assert.equal(chosen.config.jwtKey.passphrase, seedKey().passphrase);
    assert.equal(chosen.config.jwtKey.publicKeyId, SEED.jwtKeyId);
  });

  it('is given up with the key', async () => {
    const asked = askJwtConfig();
    await answer('openDialog', /config\.json/, file('config.json'));
    await answer('information', /has no private key/, undefined);
    assert.equal(await asked, undefined);
  });
});
