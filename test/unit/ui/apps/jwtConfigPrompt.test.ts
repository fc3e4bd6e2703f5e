import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoxApp } from '../../../../src/apps/app';
import { seedKey } from '../../../emulator/src/keys';
import { SEED } from '../../../emulator/src';
import { askJwtConfig, offerToBin } from '../../../../src/ui/apps/jwtConfigPrompt';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { useEditor, type AskedIn } from '../../support/standInEditor';

const CONFIG = {
  boxAppSettings: {
    clientID: SEED.jwtClientId,
    clientSecret: 'oneClientSecret4q8w2e6r0t1y5u9',
    appAuth: { publicKeyID: SEED.jwtKeyId, privateKey: '', passphrase: '' },
  },
  enterpriseID: SEED.enterpriseId,
};

describe('B7: A config.json', () => {
  const editor = useEditor();
  let folder: string;
  let log: RecordingLog;
  let notifications: Notifications;

  beforeEach(() => {
    log = new RecordingLog();
    const clock = new FakeClock();
    notifications = new Notifications({ prepareReload: () => Promise.resolve(), clock, log });
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
  const lineOf = (problem: string) => ({
    level: 'error',
    message: `Reading the config.json of a server app failed: UnusableFileError: The file cannot be used: ${problem}`,
  });
  const file = (name: string) => [{ path: join(folder, name) }];

  it('has a private key that it lacks asked for, with its passphrase, until both fit', async () => {
    const asked = askJwtConfig(notifications);
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
    assert.deepEqual(log.lines, ['not_a_pem_key', 'wrong_passphrase'].map(lineOf));
  });

  it('is given up with that key', async () => {
    const asked = askJwtConfig(notifications);
    await answer('openDialog', /config\.json/, file('config.json'));
    await answer('information', /has no private key/, undefined);
    assert.equal(await asked, undefined);
  });

  describe('that cannot be used leaves a line in the log, with nothing of what it says', () => {
    const whole = (changes: object) => {
      const { privatePem: privateKey, passphrase } = seedKey();
      const appAuth = { publicKeyID: SEED.jwtKeyId, privateKey, passphrase, ...changes };
      return JSON.stringify({ ...CONFIG, boxAppSettings: { ...CONFIG.boxAppSettings, appAuth } });
    };
    const app: BoxApp = { name: 'Nightly', authMethod: 'jwt', clientId: 'another', scopes: [] };
    const wrong = 'aPassphraseOfAnotherKey';
    const APP_AUTH = 'boxAppSettings.appAuth';
    for (const [name, content, problem] of [
      ['no JSON', '-----BEGIN', 'not_json'],
      ['another file', '{"name":"aNameThatIsASecret"}', 'other_file'],
      ['a wrong passphrase', whole({ passphrase: wrong }), `wrong_passphrase (${APP_AUTH}.passphrase)`],
      [
        'two problems',
        whole({ publicKeyID: undefined, passphrase: wrong }),
        `missing (${APP_AUTH}.publicKeyID), wrong_passphrase (${APP_AUTH}.passphrase)`,
      ],
    ] as const) {
      it(name, async () => {
        writeFileSync(join(folder, 'config.json'), content);
        const asked = askJwtConfig(notifications);
        await answer('openDialog', /config\.json/, file('config.json'));
        await answer('error', /config\.json can’t be used/, undefined);
        assert.equal(await asked, undefined);
        assert.deepEqual(log.lines, [lineOf(problem)]);
        assertHoldsNoSecret(log, [wrong, seedKey().privatePem, 'aNameThatIsASecret']);
      });
    }

    it('a file that is not there', async () => {
      const asked = askJwtConfig(notifications);
      await answer('openDialog', /config\.json/, file('gone.json'));
      await answer('error', /gone\.json can’t be used/, undefined);
      assert.equal(await asked, undefined);
      assert.deepEqual(log.lines, [lineOf('FileNotFound')]);
    });

    it('that of another app, with the name of the one that it was wanted for', async () => {
      writeFileSync(join(folder, 'config.json'), whole({}));
      const asked = askJwtConfig(notifications, app);
      await answer('openDialog', /config\.json/, file('config.json'));
      await answer('error', /config\.json can’t be used/, undefined);
      assert.equal(await asked, undefined);
      assert.match(log.messages('error').join(), / failed \(app Nightly\): .* other_app$/);
    });

    it('that can be moved to no trash, nor deleted', async () => {
      writeFileSync(join(folder, 'config.json'), whole({}));
      const asked = askJwtConfig(notifications);
      await answer('openDialog', /config\.json/, file('config.json'));
      const chosen = await asked;
      assert.ok(chosen !== undefined);
      rmSync(chosen.file.path);
      mkdirSync(chosen.file.path);
      const offered = offerToBin(notifications, chosen.file, app);
      await answer('information', /Move it to the trash/, 'Move to Trash');
      await answer('warning', /couldn’t be moved/, 'Delete Permanently');
      await offered;
      assert.match((await editor().last()).text, /couldn’t be deleted/);
      assert.deepEqual(
        log.messages('error').map((line) => line.replace(/: .*/s, '')),
        ['Moving a config.json to the trash', 'Deleting a config.json'].map(
          (what) => `${what} failed (app Nightly)`,
        ),
      );
    });
  });
});
