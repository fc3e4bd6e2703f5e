import assert from 'node:assert/strict';
import '../support/vscodeStub';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { appSchema } from '../../../src/apps/app';
import { reportMarkdown } from '../../../src/ui/check/reportMarkdown';
import { SEED } from '../../emulator/src';
import { useFaultyNetwork } from '../support/faultyNetwork';
import { useEmulatedBox } from '../support/emulatedBox';
import { useRawServer } from '../support/rawServer';
import { liveTokens } from '../support/serverSessions';
import { passWaits } from '../support/waits';
import { useMachine } from '../support/sessionWindow';
import { about, CheckStage, freePort, wrong } from './checkStage';

const HOUR_MS = 3_600_000;
const context = { at: 0, account: 'https://account.example', api: 'https://api.example', versions: {} };
const PAGE = 'https://vscode.dev/redirect';

/** Something that is wrong, and the lines that must say so: no others may. */
interface Row {
  readonly is: string;
  readonly arrange: (stage: CheckStage) => unknown;
  readonly wrong: readonly string[];
  /** How many tokens Box honours then: those of sessions. None unless told. */
  readonly live?: number;
  /** Whether a request is sent again after a while. */
  readonly isRetried?: boolean;
}

describe('AppCheck', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  const door = useFaultyNetwork(() => box.origin);
  const server = useRawServer();
  let stage: CheckStage;

  beforeEach(async () => {
    stage = new CheckStage(box, machine(), await freePort());
  });
  afterEach(() => stage.dispose());

  const { publicKey: otherKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const otherPem = otherKey.export({ type: 'spki', format: 'pem' }).toString();
  const putApp = (clientId: string, changes: object): Promise<void> =>
    box.control.putApp({ clientId, ...changes });
  const throughDoor = (outage: 'refused' | 'unresolved' | 'untrusted') => async (of: CheckStage) => {
    await of.userApp();
    of.settings.apiBaseUrl = door.origin;
    door.shut(outage);
  };

  const rows: readonly Row[] = [
    { is: 'nothing, of an app that users sign in with', arrange: (of) => of.userApp(), wrong: [] },
    {
      is: 'nothing, of a client credentials app',
      arrange: (of) => of.serverApp('clientCredentials'),
      wrong: [],
    },
    { is: 'nothing, of a JWT app', arrange: (of) => of.serverApp('jwt'), wrong: [] },
    {
      is: 'nothing, of a client credentials app that acts as a user',
      arrange: (of) => of.serverApp('clientCredentials', { userId: SEED.userId }),
      wrong: [],
    },

    { is: 'a server that refuses', arrange: throughDoor('refused'), wrong: ['apiServer: server_failed'] },
    {
      is: 'a name that is not found',
      arrange: throughDoor('unresolved'),
      wrong: ['apiServer: server_failed'],
    },
    {
      is: 'a certificate that nobody vouches for',
      arrange: throughDoor('untrusted'),
      wrong: ['apiServer: server_failed'],
    },
    {
      is: 'a proxy that wants credentials',
      arrange: async (of) => {
        await of.userApp();
        await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 407 });
      },
      wrong: ['apiServer: server_failed'],
    },
    {
      is: 'Box that is busy',
      arrange: async (of) => {
        await of.userApp();
        await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 503 });
      },
      wrong: ['! apiServer: server_failed'],
    },
    {
      is: 'an API base URL where somebody else answers',
      arrange: async (of) => {
        await of.userApp();
        server().answer = (_, response) => response.end('<h1>Welcome to our network</h1>');
        of.settings.apiBaseUrl = server().origin;
      },
      wrong: ['apiServer: server_strange'],
    },
    {
      is: 'an account base URL where somebody else answers',
      arrange: async (of) => {
        await of.userApp();
        await of.window.appSecrets.setClientSecret(
          SEED.clientId,
          { account: server().origin, api: box.origin },
          SEED.clientSecret,
        );
        server().answer = (_, response) => response.writeHead(404).end();
        of.settings.accountBaseUrl = server().origin;
      },
      wrong: ['signInServer: server_strange'],
    },
    {
      is: 'a clock that is an hour ahead',
      arrange: async (of) => {
        await of.userApp();
        of.machine.clock.wallError = HOUR_MS;
      },
      wrong: ['clock: clock_wrong'],
    },
    {
      is: 'a clock that is a minute behind',
      arrange: async (of) => {
        await of.userApp();
        of.machine.clock.wallError = -60_000;
      },
      wrong: ['! clock: clock_wrong'],
    },

    ...(['oauth2', 'clientCredentials', 'jwt'] as const).map((type) => ({
      is: `a proxy that blocks the token endpoint (${type})`,
      arrange: async (of: CheckStage) => {
        await (type === 'oauth2' ? of.userApp() : of.serverApp(type));
        await box.control.fault({ endpoint: 'token', kind: 'html', status: 403, times: Infinity });
      },
      wrong: ['apiServer: token_failed'],
      isRetried: true,
    })),
    ...(
      [
        ["The 'exp' claim is too far in the future", 'clock: clock_refused'],
        ["Please check the 'aud' claim", 'subject: assertion_refused'],
      ] as const
    ).map(([error_description, line]) => ({
      is: `an assertion that Box refuses (${line})`,
      arrange: async (of: CheckStage) => {
        await of.serverApp('jwt');
        const body = { error: 'invalid_grant', error_description };
        await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body, times: Infinity });
      },
      wrong: [line],
    })),
    { is: 'a secret that is not stored', arrange: () => undefined, wrong: ['credentials: secret_missing'] },
    {
      is: 'a secret that the last sign-in forgot because Box refused it',
      arrange: async (of) => {
        await of.userApp();
        await of.window.appSecrets.forgetRefused(of.app.clientId, of.window.origins);
      },
      wrong: ['credentials: credentials_refused'],
    },
    {
      is: 'a wrong secret',
      arrange: async (of) => {
        await of.userApp();
        await of.secret('anothersecretanothersecretanothe');
      },
      wrong: ['credentials: credentials_refused'],
    },
    {
      is: 'a client ID that Box does not know',
      arrange: async (of) => {
        await of.userApp();
        of.app = v.parse(appSchema, { clientId: 'mistyped' });
        await of.secret(SEED.clientSecret);
      },
      wrong: [
        'credentials: credentials_refused',
        // Box’s page of an app that is not there says nothing of redirect URIs.
      ],
    },
    ...(['clientCredentials', 'jwt'] as const).map((credential) => ({
      is: `a wrong secret of an app with ${credential}`,
      arrange: async (of: CheckStage) => {
        await of.serverApp(credential);
        await putApp(of.app.clientId, { clientSecret: 'anothersecretanothersecretanothe' });
      },
      wrong: ['credentials: credentials_refused'],
    })),
    ...(['invalid_request', 'unauthorized_client'] as const).map((wrongGrantError) => ({
      is: `a client credentials app that the settings take for one of users (${wrongGrantError})`,
      arrange: async (of: CheckStage) => {
        await box.control.set({ wrongGrantError });
        await of.serverApp('clientCredentials');
        of.app = v.parse(appSchema, { name: 'My app', clientId: SEED.ccgClientId });
      },
      wrong: ['appType: type_wrong'],
    })),
    {
      is: 'an app of users that the settings take for one with client credentials',
      arrange: async (of) => {
        await of.userApp();
        of.app = { ...of.app, authMethod: 'clientCredentials', enterpriseId: SEED.enterpriseId };
      },
      wrong: ['appType: type_wrong'],
    },
    {
      is: 'a JWT app that the settings take for one with client credentials',
      arrange: async (of) => {
        await of.serverApp('jwt');
        of.app = { ...of.app, authMethod: 'clientCredentials' };
      },
      wrong: ['appType: type_wrong'],
    },
    ...(['clientCredentials', 'jwt'] as const).map((credential) => ({
      is: `an app with ${credential} that nobody has authorized`,
      arrange: async (of: CheckStage) => {
        await of.serverApp(credential);
        await putApp(of.app.clientId, { enabledByAdmin: false });
      },
      wrong: ['authorization: not_authorized'],
    })),
    {
      is: 'a client credentials app without an enterprise and a user',
      arrange: (of) => of.serverApp('clientCredentials', { enterpriseId: undefined }),
      wrong: ['subject: subject_missing'],
    },
    ...(['clientCredentials', 'jwt'] as const).map((credential) => ({
      is: `an app with ${credential} of an account without an enterprise`,
      arrange: (of: CheckStage) => of.serverApp(credential, { enterpriseId: '0' }),
      wrong: ['subject: subject_no_enterprise'],
    })),
    {
      is: 'a client credentials app with another enterprise',
      arrange: (of) => of.serverApp('clientCredentials', { enterpriseId: '999' }),
      wrong: ['subject: grant_refused'],
    },
    {
      is: 'a JWT app with another enterprise',
      arrange: (of) => of.serverApp('jwt', { enterpriseId: '999' }),
      wrong: ['subject: subject_refused'],
    },
    {
      is: 'a user that is not there',
      arrange: (of) => of.serverApp('clientCredentials', { userId: '999' }),
      wrong: ['subject: grant_refused'],
    },
    ...(['clientCredentials', 'jwt'] as const).map((credential) => ({
      is: `an app with ${credential} that may not generate user access tokens`,
      arrange: async (of: CheckStage) => {
        await of.serverApp(credential, { userId: SEED.userId });
        await putApp(of.app.clientId, { userAccessTokens: false });
      },
      wrong: ['userTokens: user_tokens_off', '! accessLevel: access_level_low'],
    })),
    {
      is: 'an access level that does not reach the user (client credentials)',
      arrange: async (of) => {
        await of.serverApp('clientCredentials', { userId: SEED.userId });
        await putApp(of.app.clientId, { accessLevel: 'app' });
      },
      wrong: ['! userTokens: user_tokens_off', 'accessLevel: access_level_low'],
    },
    {
      is: 'an access level that does not reach the user (JWT)',
      arrange: async (of) => {
        await of.serverApp('jwt', { userId: SEED.userId });
        await putApp(of.app.clientId, { accessLevel: 'app' });
      },
      wrong: ['userTokens: user_tokens_off', '! accessLevel: access_level_low'],
    },
    {
      is: 'a service account that Box does not let the app act as',
      arrange: async (of) => {
        await of.serverApp('clientCredentials');
        const error_description = 'The "box_subject_type" value is unauthorized for this client_id';
        const body = { error: 'unauthorized_client', error_description };
        await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body });
      },
      wrong: ['accessLevel: service_account_refused'],
    },
    {
      is: 'a key that is not stored',
      arrange: async (of) => {
        await of.serverApp('clientCredentials');
        of.app = { ...of.app, authMethod: 'jwt' };
      },
      wrong: ['key: key_missing'],
    },
    {
      is: 'a key that does not open',
      arrange: async (of) => {
        await of.serverApp('jwt');
        const key = await of.window.appSecrets.jwtKey(of.app.clientId, of.window.origins);
        assert.ok(key);
        const changed = { ...key, passphrase: 'another' };
        await of.window.appSecrets.setJwtKey(
          of.app.clientId,
          of.window.origins,
          SEED.jwtClientSecret,
          changed,
        );
      },
      wrong: ['key: key_unusable'],
    },
    {
      is: 'an ID of a key that the app does not have',
      arrange: async (of) => {
        await of.serverApp('jwt');
        await putApp(of.app.clientId, { publicKeys: [{ kid: 'another', pem: otherPem }] });
      },
      wrong: ['key: key_id_unknown'],
    },
    {
      is: 'another key of the same ID',
      arrange: async (of) => {
        await of.serverApp('jwt');
        await putApp(of.app.clientId, { publicKeys: [{ kid: SEED.jwtKeyId, pem: otherPem }] });
      },
      wrong: ['key: key_mismatch'],
    },
    {
      is: 'a scope that the app does not have',
      arrange: (of) => of.serverApp('clientCredentials', { scopes: ['root_readonly', 'ai.readwrite'] }),
      wrong: ['! scopes: scopes_refused'],
    },

    {
      is: 'a redirect URI that is not registered, and is sent first',
      arrange: async (of) => {
        await of.userApp();
        await putApp(SEED.clientId, { redirectUris: [`http://127.0.0.1:${of.port}/callback`] });
      },
      wrong: ['redirectUri: redirect_uri_refused'],
    },
    {
      is: 'one that is not registered, and is sent later',
      arrange: async (of) => {
        await of.userApp();
        await putApp(SEED.clientId, { redirectUris: [PAGE] });
      },
      wrong: ['! redirectUri: redirect_uri_refused'],
    },
    {
      is: 'a port that another program has',
      arrange: async (of) => {
        await of.userApp();
        await of.block();
      },
      wrong: ['! ports: ports_none'],
    },

    {
      is: 'a secret storage that fails',
      arrange: async (of) => {
        await of.userApp();
        of.machine.secrets.fail('get');
        of.machine.secrets.fail('keys');
      },
      wrong: ['secretStorage: secrets_failing'],
    },
    {
      is: 'a session that could not be stored',
      arrange: async (of) => {
        await of.userApp();
        of.machine.secrets.fail('store', (key) => key.startsWith('session/'));
        await of.window.signIn();
      },
      wrong: ['secretStorage: sessions_unsaved'],
      live: 2,
    },
    {
      is: 'windows that share nothing',
      arrange: async (of) => {
        await of.userApp();
        const folder = join(of.machine.folder, 'stores');
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, 'another.json'), '{}');
      },
      wrong: ['! windows: windows_apart'],
    },
    {
      is: 'a revocation that waits',
      arrange: async (of) => {
        await of.userApp();
        const { clientId, name: appName } = of.app;
        const { origins, revocations } = of.window;
        await revocations.add({ origins, clientId, appName, label: 'somebody', token: 'a token' });
      },
      wrong: ['! revocations: revocations_waiting'],
    },
  ];

  for (const row of rows) {
    it(`finds ${row.is}`, async () => {
      await row.arrange(stage);
      const report = await (row.isRetried === true
        ? passWaits(stage.machine.clock, stage.run())
        : stage.run());
      assert.deepEqual(wrong(report), row.wrong);
      const text = JSON.stringify([report.findings, reportMarkdown(report, context)]);
      for (const secret of [...(await box.control.issuedSecrets()), SEED.userLogin, SEED.userName]) {
        assert.ok(!text.includes(secret), 'the report holds what it must not');
      }
      assert.equal((await liveTokens(box)).length, row.live ?? 0);
    });
  }

  it('tells the type that an app has at Box', async () => {
    await stage.serverApp('clientCredentials');
    stage.app = v.parse(appSchema, { name: 'My app', clientId: SEED.ccgClientId });
    assert.deepEqual(about(await stage.run(), 'appType')?.facts, {
      setting: 'oauth2',
      atBox: 'clientCredentials',
    });
  });

  it('tells that a user is refused where the service account is not, and revokes that one’s token', async () => {
    await stage.serverApp('clientCredentials', { userId: '999' });
    const { facts } = about(await stage.run(), 'subject') ?? {};
    assert.deepEqual(facts, { kind: 'user', serviceAccountWorks: true });
    assert.deepEqual(await liveTokens(box), []);
  });

  it('asks for no scope that Box does not exchange', async () => {
    await stage.serverApp('clientCredentials', { scopes: ['root_readonly', 'manage_legal_hold'] });
    const lines = (await stage.run()).findings.filter(({ topic }) => topic === 'scopes');
    assert.deepEqual(
      lines.map(({ verdict, code, facts }) => ({ verdict, code, facts })),
      [
        { verdict: 'ok', code: 'scopes_given', facts: { scopes: ['root_readonly'] } },
        { verdict: 'unknown', code: 'scopes_not_exchangeable', facts: { scopes: ['manage_legal_hold'] } },
      ],
    );
    assert.deepEqual(await liveTokens(box), []);
  });

  it('has a line for the key of a JWT app that is not authorized', async () => {
    await stage.serverApp('jwt');
    await putApp(stage.app.clientId, { enabledByAdmin: false });
    const { verdict, code } = about(await stage.run(), 'key') ?? {};
    assert.deepEqual([verdict, code], ['unknown', 'not_checked']);
  });

  it('says nothing of user access tokens where the service account is refused', async () => {
    await stage.serverApp('clientCredentials');
    const error_description = 'The "box_subject_type" value is unauthorized for this client_id';
    const body = { error: 'unauthorized_client', error_description };
    await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body });
    assert.equal(about(await stage.run(), 'userTokens'), undefined);
  });

  it('compares the clock with no answer from before the check', async () => {
    await stage.serverApp('clientCredentials');
    assert.equal(about(await stage.run(), 'clock')?.code, 'clock_right');
    await stage.machine.clock.advance(1000);
    stage.settings.apiBaseUrl = door.origin;
    door.shut('refused');
    assert.equal(about(await stage.run(), 'clock')?.code, 'clock_unknown');
  });

  it('leaves open what Box’s page does not say before somebody has signed in', async () => {
    await stage.userApp();
    await box.control.fault({ endpoint: 'authorize', kind: 'html', status: 200, times: Infinity });
    const lines = (await stage.run()).findings.filter(({ topic }) => topic === 'redirectUri');
    assert.ok(lines.length > 0);
    for (const { verdict, code } of lines)
      assert.deepEqual([verdict, code], ['unknown', 'redirect_uri_untold']);
  });

  it('does not look for redirect URIs where Box’s page is not reached', async () => {
    await stage.userApp();
    await box.control.fault({ endpoint: 'authorize', kind: 'status', status: 407, times: Infinity });
    const lines = (await stage.run()).findings.filter(({ topic }) => topic === 'redirectUri');
    assert.deepEqual(
      lines.map(({ code, facts }) => ({ code, facts })),
      [{ code: 'not_checked', facts: { until: 'signInServer' } }],
    );
  });

  it('asks nobody to register redirect URIs of an app that is of another type', async () => {
    await stage.serverApp('clientCredentials');
    stage.app = v.parse(appSchema, { name: 'My app', clientId: SEED.ccgClientId });
    const lines = (await stage.run()).findings.filter(({ topic }) => topic === 'redirectUri');
    assert.deepEqual(
      lines.map(({ code, facts }) => ({ code, facts })),
      [{ code: 'not_checked', facts: { until: 'appType' } }],
    );
  });

  it('says why the first sign-in method is the first', async () => {
    await stage.userApp();
    const reason = async (changes: Partial<CheckStage['environment']>): Promise<unknown> => {
      stage.environment = { ...stage.environment, ...changes };
      const finding = about(await stage.run(), 'signInMethod');
      return finding?.code === 'method_chosen' && [finding.facts.method, finding.facts.reason];
    };
    assert.deepEqual(await reason({}), ['redirectPage', 'page_forwards']);
    assert.deepEqual(await reason({ worked: 'pasteCode' }), ['pasteCode', 'worked']);
    assert.deepEqual(await reason({ setting: 'localServer' }), ['localServer', 'setting']);
    const served = { isDesktop: false, isHostLocal: false, callbackHost: 'code.example.com' } as const;
    assert.deepEqual(await reason({ ...served, setting: 'auto', worked: undefined }), [
      'pasteCode',
      'nothing_else',
    ]);
  });

  it('keeps the revocation of a token that Box does not confirm', async () => {
    await stage.serverApp('clientCredentials');
    await box.control.fault({
      endpoint: 'revoke',
      kind: 'json',
      status: 400,
      body: { error: 'invalid_client' },
    });
    await stage.run();
    assert.equal((await liveTokens(box)).length, 1);
    await stage.window.sender.sendAll();
    assert.deepEqual(await liveTokens(box), []);
  });

  it('ends when it is cancelled, and leaves no token', async () => {
    await stage.serverApp('clientCredentials', { scopes: ['root_readonly'] });
    const cancelled = new Error('cancelled');
    const aborted = AbortSignal.abort(cancelled);
    await assert.rejects(stage.run(aborted), cancelled);
    assert.deepEqual(await liveTokens(box), []);
  });
});
