import assert from 'node:assert/strict';
import {
  SettingError,
  Settings,
  type AppField,
  type SettingName,
  type SettingProblem,
} from '../../../src/apps/settings';
import manifest from '../../../package.json';
import { assertHoldsNoSecret } from '../support/secrecy';

const DEFAULTS: Record<SettingName, unknown> = {
  apps: [],
  accountBaseUrl: 'https://account.box.com',
  apiBaseUrl: 'https://api.box.com',
  signInMethod: 'auto',
  redirectPage: 'https://vscode.dev/redirect',
  localServerPorts: [17160, 24160, 31160],
  keepSignedIn: true,
  showStatusBarItem: true,
  clearClipboardAfterSeconds: 90,
  mcpServer: false,
  terminalAccess: false,
};

const settings = (values: Partial<Record<SettingName, unknown>> = {}): Settings =>
  new Settings((name) => (name in values ? values[name] : DEFAULTS[name]));

/** What reading throws, which must be a SettingError. */
const failure = (read: () => unknown): SettingError => {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof SettingError, String(error));
    return error;
  }
  assert.fail('it could be read');
};

const APP = { name: 'Example', authMethod: 'oauth2', clientId: 'abc123' };

describe('Manifest', () => {
  const properties: Record<string, { readonly scope: string; readonly default: unknown }> =
    manifest.contributes.configuration.properties;

  for (const [name, value] of Object.entries(DEFAULTS)) {
    it(`${name} has its promised default, and no workspace can set it`, () => {
      const property = properties[`box-authentication.${name}`];
      assert.deepEqual([property?.default, property?.scope], [value, 'application']);
    });
  }

  it('has no other settings', () => {
    const names = Object.keys(DEFAULTS).map((name) => `box-authentication.${name}`);
    assert.deepEqual(Object.keys(properties).sort(), names.sort());
  });
});

describe('Settings', () => {
  describe('localServerPorts', () => {
    it('gives them in their order', () => {
      assert.deepEqual(settings({ localServerPorts: [50_002, 50_001] }).localServerPorts(), [50_002, 50_001]);
    });

    for (const value of ['17160', [0], [65_536], [1.5], ['17160'], {}]) {
      it(`refuses ${JSON.stringify(value)}`, () => {
        const { setting, problem } = failure(() => settings({ localServerPorts: value }).localServerPorts());
        assert.deepEqual([setting, problem], ['box-authentication.localServerPorts', 'wrong_value']);
      });
    }
  });

  describe('hasOwnRedirectPage', () => {
    it('tells the default from any other page', () => {
      assert.equal(settings().hasOwnRedirectPage(), false);
      assert.equal(settings({ redirectPage: 'https://example.com/redirect' }).hasOwnRedirectPage(), true);
    });
  });

  describe('apps', () => {
    it('gives none by default', () => {
      assert.deepEqual(settings().apps(), []);
    });

    it('P3: takes IDs that were written as numbers', () => {
      const [app] = settings({ apps: [{ ...APP, enterpriseId: 12345, userId: 67890 }] }).apps();
      assert.deepEqual([app?.enterpriseId, app?.userId], ['12345', '67890']);
    });

    it('gives every app with what it was configured with', () => {
      const full = {
        name: 'My app',
        authMethod: 'jwt',
        clientId: 'def456',
        enterpriseId: '2718281',
        userId: '3141592653',
        publicKeyId: 'example1',
        scopes: ['root_readonly', 'ai.readwrite'],
      };
      assert.deepEqual(settings({ apps: [APP, full] }).apps(), [{ ...APP, scopes: [] }, full]);
    });

    it('takes a lone client ID for an OAuth app of that name', () => {
      const app = { name: 'abc123', authMethod: 'oauth2', clientId: 'abc123', scopes: [] };
      assert.deepEqual(settings({ apps: [{ clientId: 'abc123' }] }).apps(), [app]);
    });

    it('takes off blanks that were copied along', () => {
      const [app] = settings({ apps: [{ ...APP, name: ' Example ', clientId: ' abc123\n' }] }).apps();
      assert.deepEqual([app?.name, app?.clientId], ['Example', 'abc123']);
    });

    const wrong: [string, unknown, SettingProblem, AppField?, string?][] = [
      ['no client ID', { name: 'x', authMethod: 'oauth2' }, 'no_client_id'],
      ['an empty client ID', { ...APP, clientId: '  ' }, 'no_client_id'],
      ['a client ID that is a number', { ...APP, clientId: 123 }, 'no_client_id'],
      ['a client ID with a slash', { ...APP, clientId: 'abc/123' }, 'no_client_id'],
      [
        'P3: an unknown way to authenticate',
        { ...APP, authMethod: 'ccg' },
        'wrong_value',
        'authMethod',
        '"ccg"',
      ],
      ['scopes in one text', { ...APP, scopes: 'root' }, 'wrong_value', 'scopes', '"root"'],
      ['a scope that is no text', { ...APP, scopes: [1] }, 'wrong_value', 'scopes', '1'],
      ['an enterprise ID in parts', { ...APP, enterpriseId: 2.5 }, 'wrong_value', 'enterpriseId', '2.5'],
      ['a negative enterprise ID', { ...APP, enterpriseId: -1 }, 'wrong_value', 'enterpriseId', '-1'],
      ['P3: an empty enterprise ID', { ...APP, enterpriseId: '' }, 'wrong_value', 'enterpriseId', '""'],
      ['null', null, 'wrong_value'],
      ['a text', 'abc123', 'wrong_value'],
      ['a number', 1, 'wrong_value'],
      ['a list', [], 'no_client_id'],
    ];
    for (const [name, entry, problem, field, value] of wrong) {
      it(`leaves out an entry with ${name}, and says what is wrong with it`, () => {
        const good = [
          { ...APP, clientId: 'other' },
          { ...APP, clientId: 'another' },
        ];
        const read = settings({ apps: [good[0], entry, good[1]] });
        assert.deepEqual(
          read.apps().map(({ clientId }) => clientId),
          ['other', 'another'],
        );
        const [error, ...more] = read.appErrors();
        assert.deepEqual(more, []);
        assert.deepEqual(
          [error?.setting, error?.problem, error?.entry?.number, error?.entry?.field, error?.value],
          ['box-authentication.apps', problem, 2, field, value],
        );
      });
    }

    describe('of one client ID', () => {
      const server = { name: 'Robot', authMethod: 'clientCredentials', clientId: 'abc123' };
      const kinds = [
        { ...server, enterpriseId: '1' },
        { ...server, enterpriseId: '2' },
        { ...server, userId: '1' },
        { ...server, enterpriseId: '1', userId: '2' },
      ];

      it('P2: stand side by side where each acts as another', () => {
        const read = settings({ apps: [...kinds, APP] });
        assert.deepEqual(
          read.apps(),
          [...kinds, APP].map((app) => ({ ...app, scopes: [] })),
        );
        assert.deepEqual(read.appErrors(), []);
      });

      const repeated: readonly (readonly [string, object, object])[] = [
        ['the user who signs in', APP, { ...APP, name: 'y', enterpriseId: '1' }],
        [
          'an enterprise',
          { ...server, enterpriseId: '1' },
          { ...server, authMethod: 'jwt', enterpriseId: 1 },
        ],
        ['a user', { ...server, userId: '1' }, { ...server, enterpriseId: '9', userId: ' 1 ' }],
        ['nobody yet', server, { ...server, name: 'y' }],
      ];
      for (const [what, first, again] of repeated) {
        it(`P2: are one too many where both act as ${what}: the later one alone is left out`, () => {
          const read = settings({ apps: [first, { ...APP, clientId: 'x' }, again] });
          assert.deepEqual(
            read.apps().map(({ clientId }) => clientId),
            ['abc123', 'x'],
          );
          const [error] = read.appErrors();
          assert.deepEqual(
            [error?.problem, error?.value, error?.entry?.number],
            ['duplicate_app', 'abc123', 3],
          );
        });
      }
    });

    it('repeats nothing of what stands in place of a list, and no password of an address', () => {
      const secret = 'hunter2hunter2';
      const apps = settings({ apps: { clientId: 'a', clientSecret: secret } });
      const address = settings({ apiBaseUrl: `http://dana:${secret}@example.com` });
      assertHoldsNoSecret(
        failure(() => apps.apps()),
        [secret],
      );
      assertHoldsNoSecret(
        failure(() => address.origins()),
        [secret],
      );
    });

    it('repeats nothing of a faulty entry, where somebody may have put a secret', () => {
      const clientSecret = 'a client secret of 32 characters';
      for (const entry of [
        { ...APP, clientId: clientSecret },
        { ...APP, scopes: clientSecret, clientSecret },
        { ...APP, authMethod: clientSecret },
        clientSecret,
      ]) {
        const errors = settings({ apps: [entry] }).appErrors();
        assert.equal(errors.length, 1);
        assertHoldsNoSecret(errors, [clientSecret]);
      }
    });

    for (const apps of [undefined, null, 'abc123', 1]) {
      it(`refuses ${String(apps)} in place of a list`, () => {
        assert.equal(failure(() => settings({ apps }).apps()).problem, 'wrong_value');
      });
    }
  });

  describe('origins', () => {
    it('gives Box’s by default', () => {
      assert.deepEqual(settings().origins(), {
        account: 'https://account.box.com',
        api: 'https://api.box.com',
      });
    });

    const same: [string, string][] = [
      ['https://api.box.com/', 'https://api.box.com'],
      ['https://api.box.com//', 'https://api.box.com'],
      [' HTTPS://API.Box.com:443 ', 'https://api.box.com'],
      ['http://127.1:8080', 'http://127.0.0.1:8080'],
      ['https://proxy.example.com/box/', 'https://proxy.example.com/box'],
    ];
    for (const [typed, origin] of same) {
      it(`takes ${JSON.stringify(typed)} for ${origin}`, () => {
        assert.deepEqual(settings({ accountBaseUrl: typed, apiBaseUrl: typed }).origins(), {
          account: origin,
          api: origin,
        });
      });
    }

    for (const name of ['accountBaseUrl', 'apiBaseUrl'] as const) {
      const wrong: [unknown, SettingProblem][] = [
        ['http://api.box.com', 'insecure'],
        ['http://localhost.evil.com', 'insecure'],
        ['api.box.com', 'not_a_url'],
        ['', 'not_a_url'],
        ['https://dana@api.box.com', 'has_credentials'],
        ['https://api.box.com/?a=b', 'has_query'],
        ['https://api.box.com/#a', 'has_query'],
        [undefined, 'wrong_value'],
        [null, 'wrong_value'],
        [['https://api.box.com'], 'wrong_value'],
      ];
      for (const [value, problem] of wrong) {
        it(`refuses ${JSON.stringify(value)} for ${name}: ${problem}`, () => {
          const error = failure(() => settings({ [name]: value }).origins());
          assert.deepEqual([error.setting, error.problem], [`box-authentication.${name}`, problem]);
          assert.equal(settings({ [name]: value }).originsIfValid(), undefined);
        });
      }
    }

    it('originsIfValid gives the same while the settings are right', () => {
      assert.deepEqual(settings().originsIfValid(), settings().origins());
    });
  });

  describe('redirectPage', () => {
    for (const page of [
      'https://vscode.dev/redirect',
      'https://Example.com/redirect/',
      'https://example.com',
      'http://127.0.0.1:3000/redirect',
    ]) {
      it(`gives ${page} as it stands, since Box compares it so`, () => {
        assert.equal(settings({ redirectPage: page }).redirectPage(), page);
      });
    }

    const wrong: [unknown, SettingProblem][] = [
      ['http://example.com/redirect', 'insecure'],
      ['vscode.dev/redirect', 'not_a_url'],
      ['https://dana:word@example.com/redirect', 'has_credentials'],
      [false, 'wrong_value'],
    ];
    for (const [value, problem] of wrong) {
      it(`refuses ${JSON.stringify(value)}: ${problem}`, () => {
        const error = failure(() => settings({ redirectPage: value }).redirectPage());
        assert.deepEqual([error.setting, error.problem], ['box-authentication.redirectPage', problem]);
      });
    }
  });

  describe('signInMethod', () => {
    for (const method of ['auto', 'redirectPage', 'uriScheme', 'localServer', 'pasteCode']) {
      it(`gives ${method}`, () => {
        assert.equal(settings({ signInMethod: method }).signInMethod(), method);
      });
    }

    for (const value of ['automatic', 'AUTO', '', null, 1]) {
      it(`refuses ${JSON.stringify(value)}`, () => {
        const error = failure(() => settings({ signInMethod: value }).signInMethod());
        assert.deepEqual([error.setting, error.problem], ['box-authentication.signInMethod', 'wrong_value']);
      });
    }
  });

  describe('showStatusBarItem', () => {
    for (const [value, shown] of [
      [true, true],
      [false, false],
      ['no', true],
      [undefined, true],
    ]) {
      it(`is ${String(shown)} for ${JSON.stringify(value)}`, () => {
        assert.equal(settings({ showStatusBarItem: value }).showStatusBarItem(), shown);
      });
    }
  });

  describe('clearClipboardAfterSeconds', () => {
    for (const seconds of [0, 0.5, 90, 3600]) {
      it(`gives ${seconds}`, () => {
        assert.equal(settings({ clearClipboardAfterSeconds: seconds }).clearClipboardAfterSeconds(), seconds);
      });
    }

    for (const value of [-1, NaN, Infinity, '90', null]) {
      it(`refuses ${String(value)}`, () => {
        const error = failure(() =>
          settings({ clearClipboardAfterSeconds: value }).clearClipboardAfterSeconds(),
        );
        assert.deepEqual(
          [error.setting, error.problem],
          ['box-authentication.clearClipboardAfterSeconds', 'wrong_value'],
        );
      });
    }
  });

  it('a wrong setting stops only what needs it', () => {
    const wrong = settings({ apiBaseUrl: 1, apps: 1, redirectPage: 1 });
    assert.equal(wrong.signInMethod(), 'auto');
    assert.equal(wrong.clearClipboardAfterSeconds(), 90);
  });

  it('reads a setting anew each time', () => {
    let seconds = 1;
    const changing = new Settings(() => seconds++);
    assert.deepEqual([changing.clearClipboardAfterSeconds(), changing.clearClipboardAfterSeconds()], [1, 2]);
  });
});
