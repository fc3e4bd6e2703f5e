import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { AppList, AppsNotSavedError } from '../../../../src/apps/appList';
import { Settings } from '../../../../src/apps/settings';
import { AppConfiguration } from '../../../../src/ui/apps/configureApp';
import type { SignInMethod, SignInMethodName } from '../../../../src/signIn/signInMethod';
import { RedirectUriPicker } from '../../../../src/ui/apps/redirectUriPicker';
import { Notifications } from '../../../../src/ui/messages/notifications';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { ServerSessions, SERVER_KINDS, type ServerKind } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { eventually } from '../../support/eventually';
import { useEditor } from '../../support/standInEditor';

const [KIND] = SERVER_KINDS as readonly [ServerKind];
const AS_SERVICE_ACCOUNT = {
  name: 'Nightly',
  authMethod: 'clientCredentials',
  clientId: KIND.clientId,
  enterpriseId: SEED.enterpriseId,
};
const AS_USER = {
  name: 'Nightly',
  authMethod: 'clientCredentials',
  clientId: KIND.clientId,
  userId: SEED.userId,
};

describe('AppConfiguration', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  const editor = useEditor();
  let window: SessionWindow;
  let entries: readonly unknown[];
  let isReadOnly: boolean;
  let apps: AppConfiguration;

  beforeEach(() => {
    window = new SessionWindow(box, machine());
    entries = [];
    isReadOnly = false;
    const { appSecrets, remover, origins, clock, log } = window;
    const values = {
      apps: () => entries,
      accountBaseUrl: () => origins.account,
      apiBaseUrl: () => origins.api,
    };
    const notifications = new Notifications({ prepareReload: () => Promise.resolve(), clock, log });
    apps = new AppConfiguration({
      settings: new Settings((name) => (name in values ? values[name as keyof typeof values]() : undefined)),
      appList: new AppList({
        read: () => entries,
        write: (written) => {
          if (isReadOnly) return Promise.reject(new Error('Unable to write into user settings.'));
          entries = written;
          return Promise.resolve();
        },
      }),
      appSecrets,
      redirectUris: new RedirectUriPicker({
        methods: {} as Record<SignInMethodName, SignInMethod>,
        usable: () => Promise.resolve([]),
        notifications,
      }),
      emulatorClientSecret: () => undefined,
      remover,
      notifications,
    });
  });

  /** Answers what is asked next: with what is typed, or with the row or button that has these words. */
  const answer = async (words: string): Promise<void> => {
    await eventually(() => editor().shown.at(-1)?.isOpen === true);
    const asked = await editor().last();
    const labels = asked.choices.map((choice) =>
      typeof choice === 'string' ? choice : String(Reflect.get(Object(choice), 'label')),
    );
    asked.answer(asked.in === 'inputBox' ? words : asked.choices[labels.findIndex((l) => l.includes(words))]);
  };
  const expectShown = (words: RegExp): Promise<void> =>
    eventually(() => words.test(editor().shown.at(-1)?.text ?? ''));
  const answerAll = async (...all: readonly string[]): Promise<void> => {
    for (const words of all) await answer(words);
  };
  const secret = (): Promise<string | undefined> =>
    window.appSecrets.clientSecret(KIND.clientId, window.origins);

  describe('adding an app', () => {
    const steps = ['Client Credentials', 'Nightly', KIND.clientId, KIND.clientSecret];
    const asServiceAccount = ['As Its Service Account', SEED.enterpriseId];

    it('keeps its entry and its secret', async () => {
      void apps.run();
      await answerAll(...steps, ...asServiceAccount);
      await expectShown(/Nightly is configured/);
      assert.deepEqual([entries, await secret()], [[AS_SERVICE_ACCOUNT], KIND.clientSecret]);
    });

    it('P4: keeps nothing where the settings cannot be written', async () => {
      isReadOnly = true;
      const run = assert.rejects(apps.run(), AppsNotSavedError);
      await answerAll(...steps, ...asServiceAccount);
      await run;
      assert.deepEqual(window.secrets.keysBelow('app/'), []);
    });

    it('keeps nothing where the secret cannot be stored', async () => {
      window.appSecrets.setClientSecret = () => Promise.reject(new Error('no keyring'));
      const run = assert.rejects(apps.run(), { message: 'no keyring' });
      await answerAll(...steps, ...asServiceAccount);
      await run;
      assert.deepEqual(entries, []);
    });

    it('P2: of a client ID that is there adds another subject, without asking for the secret again', async () => {
      entries = [AS_SERVICE_ACCOUNT];
      await new ServerSessions(box, KIND).configure(window);
      void apps.run();
      await answerAll('Client Credentials', 'Nightly', KIND.clientId, 'As Its Service Account');
      await expectShown(/Enterprise ID/);
      const { problem } = await editor().last();
      assert.match(String(problem(SEED.enterpriseId)), /already configured/);
      await answer('271');
      await expectShown(/Nightly is configured/);
      assert.deepEqual(entries, [AS_SERVICE_ACCOUNT, { ...AS_SERVICE_ACCOUNT, enterpriseId: '271' }]);
    });
  });

  describe('Change Acting User…', () => {
    const steps = ['Nightly', 'Change Acting User…', 'As a User', SEED.userId];
    /** The enterprise stays, for whoever wants the service account again. */
    const changed = { ...AS_SERVICE_ACCOUNT, userId: SEED.userId };
    let server: ServerSessions;

    beforeEach(async () => {
      server = new ServerSessions(box, KIND);
      entries = [AS_SERVICE_ACCOUNT];
      await server.configure(window);
      await server.signIn(window);
    });

    const signedIn = async (): Promise<unknown> =>
      (await window.store.all()).map(({ subject }) => subject?.type);

    it('P2: keeps both: another entry, and the first stays signed in', async () => {
      void apps.run();
      await answerAll(...steps, 'Keep Both');
      await expectShown(/You can sign in with it now/);
      assert.deepEqual([entries, await signedIn()], [[AS_SERVICE_ACCOUNT, changed], ['enterprise']]);
    });

    it('P2: replaces one where that is wanted, and signs that one out', async () => {
      void apps.run();
      await answerAll(...steps, 'Replace');
      await window.signOut.idle();
      await expectShown(/You can sign in with it now/);
      assert.deepEqual([entries, await signedIn(), await secret()], [[changed], [], KIND.clientSecret]);
    });

    it('changes nothing where the question is closed', async () => {
      const run = apps.run();
      await answerAll(...steps, 'none of them');
      await run;
      assert.deepEqual([entries, await signedIn()], [[AS_SERVICE_ACCOUNT], ['enterprise']]);
    });

    it('asks nothing more where nobody was chosen before', async () => {
      entries = [{ ...AS_USER, userId: undefined }];
      void apps.run();
      await answerAll(...steps);
      await expectShown(/You can sign in with it now/);
      assert.deepEqual(entries, [AS_USER]);
    });
  });

  describe('removing an app', () => {
    let server: ServerSessions;

    beforeEach(async () => {
      server = new ServerSessions(box, KIND);
      entries = [AS_SERVICE_ACCOUNT, AS_USER];
      await server.configure(window);
      await server.signIn(window);
      await server.signIn(window, AS_USER as never);
    });

    it('P2: leaves the other subject signed in, and the last one takes the secret along', async () => {
      const first = apps.run();
      await answerAll('Nightly', 'Remove…', 'Remove');
      await first;
      assert.deepEqual(entries, [AS_USER]);
      assert.deepEqual(
        (await window.store.all()).map(({ subject }) => subject?.type),
        ['user'],
      );
      assert.equal(await secret(), KIND.clientSecret);
      const last = apps.run();
      await answerAll('Nightly', 'Remove…', 'Remove');
      await last;
      assert.deepEqual([entries, await window.store.all(), await secret()], [[], [], undefined]);
    });

    it('P4: keeps the secret of an app that stays, because the settings cannot be written', async () => {
      entries = [AS_SERVICE_ACCOUNT];
      isReadOnly = true;
      const run = assert.rejects(apps.run(), AppsNotSavedError);
      await answerAll('Nightly', 'Remove…', 'Remove');
      await run;
      assert.deepEqual([entries, await secret()], [[AS_SERVICE_ACCOUNT], KIND.clientSecret]);
    });
  });

  it('P2: shows the good entries beside a damaged one, and says what is wrong with that', async () => {
    entries = [AS_SERVICE_ACCOUNT, { ...AS_USER, authMethod: 'ccg' }];
    void apps.run();
    const texts = await editor().texts();
    assert.ok(
      texts.some((text) => text.includes('entry 2')),
      texts.join('\n'),
    );
    const list = editor().shown.find((shown) => shown.in === 'quickPick');
    assert.equal(Reflect.get(Object(list?.choices[0]), 'label'), 'Nightly');
  });
});
