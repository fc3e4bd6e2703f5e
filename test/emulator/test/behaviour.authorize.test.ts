import assert from 'node:assert/strict';
import { SEED, startEmulator, Visitor, type AccountState, type Emulator, type Visited } from '../src';
import { TestClient } from './testClient';

describe('Emulator: authorize page', () => {
  let emulator: Emulator;
  let client: TestClient;
  let visitor: Visitor;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    visitor = new Visitor();
  });

  const open = (parameters: Readonly<Record<string, string>> = {}): Promise<Visited> =>
    visitor.open(client.authorizeUrl(parameters));

  const returned = async (
    parameters: Readonly<Record<string, string>> = {},
    decision: 'grant' | 'deny' = 'grant',
  ): Promise<URL> =>
    new URL(await visitor.authorize(client.authorizeUrl(parameters), SEED.userLogin, decision));

  const errorOf = ({ status, body, location }: Visited): string => {
    assert.equal(location, null, 'an error page redirects nowhere');
    assert.ok(status >= 400);
    return /Error: (\w+)/.exec(body)?.[1] ?? /<h1>([^<]+)/.exec(body)?.[1] ?? '';
  };

  describe('login', () => {
    it('is asked for first, with the email that box_login names', async () => {
      const { status, body } = await open({ box_login: 'dana.rivera@example.com' });
      assert.equal(status, 200);
      assert.match(body, /name="login"[^>]*value="dana\.rivera@example\.com"/s);
      assert.match(body, /<strong>Local emulator, not Box\.<\/strong>/);
      assert.match(body, /Any password works here/);
    });

    it('says when an account is unknown or not active', async () => {
      const page = await open();
      const submit = (login: string): Promise<Visited> =>
        visitor.submit(`${emulator.origin}/login`, page, { login, password: 'any' });
      assert.match((await submit('nobody@example.com')).body, /role="alert">No such account/);
      await emulator.control.putUser({ id: SEED.userId, status: 'inactive' });
      assert.match((await submit(SEED.userLogin)).body, /role="alert">This account is not active/);
    });

    it('does not care about the case of a login', async () => {
      const location = await visitor.authorize(client.authorizeUrl(), 'DANA.Rivera@Example.COM');
      assert.match(location, /code=/);
    });

    it('is remembered by the browser, which can switch accounts', async () => {
      await returned();
      const again = await open();
      assert.match(again.body, /Grant access to Box/);
      const link = /href="(\/login\?ticket=[^"]+)">Use another account/.exec(again.body)?.[1] ?? '';
      const login = await visitor.open(`${emulator.origin}${link}`);
      const sam = { login: SEED.personalUserLogin, password: 'any' };
      const consent = await visitor.submit(`${emulator.origin}/login`, login, sam);
      assert.match(consent.body, /sam\.okafor@example\.com/);
    });

    it('sets a cookie that scripts and other sites do not get', async () => {
      const response = await fetch(client.authorizeUrl());
      const cookie = response.headers.get('set-cookie') ?? '';
      assert.match(cookie, /; HttpOnly/);
      assert.match(cookie, /; SameSite=Lax/);
    });
  });

  describe('consent', () => {
    it('names the account, the app and each scope', async () => {
      await returned();
      const { body } = await open({ scope: 'root_readwrite ai.readwrite' });
      const labels = [...body.matchAll(/<li>([^<]+)<\/li>/g)].map(([, label]) => label);
      assert.deepEqual(labels, ['Read and write all files and folders stored in Box', 'Manage AI']);
      assert.match(body, /Example App/);
      assert.match(body, /dana\.rivera@example\.com/);
    });

    it('gives code and state, and keeps the query of the redirect URI', async () => {
      const redirectUri = 'https://example.com/back?a=b%20c&d';
      await emulator.control.putApp({ clientId: SEED.clientId, redirectUris: [redirectUri] });
      const state = 'a b&c=d+e%26/ü';
      const { href, searchParams } = await returned({ redirect_uri: redirectUri, state });
      assert.ok(href.startsWith(`${redirectUri}&code=`));
      assert.equal(searchParams.get('state'), state);
      assert.match(searchParams.get('code') ?? '', /^[A-Za-z0-9]{32}$/);
    });

    it('redirects to the scheme of an editor', async () => {
      const redirectUri = 'code-oss://vscode-box.box-authentication/callback';
      assert.ok((await returned({ redirect_uri: redirectUri })).href.startsWith(`${redirectUri}?code=`));
    });

    it('says that the user denied it, with the state or without', async () => {
      const { searchParams } = await returned({}, 'deny');
      assert.deepEqual(Object.fromEntries(searchParams), {
        error: 'access_denied',
        error_description: 'The user denied access to your application',
        state: 'opaque',
      });
      await emulator.control.set({ stateOnDenial: false });
      assert.equal((await returned({}, 'deny')).searchParams.has('state'), false);
    });

    it('encodes the denial as Box does', async () => {
      const { search } = await returned({}, 'deny');
      assert.match(search, /error_description=The\+user\+denied\+access\+to\+your\+application/);
    });

    it('gives a second click the same answer', async () => {
      await returned();
      const page = await open();
      const click = (): Promise<Visited> =>
        visitor.submit(`${emulator.origin}/consent`, page, { decision: 'grant' });
      assert.equal((await click()).location, (await click()).location);
    });

    it('cannot be given from another browser', async () => {
      await returned();
      const page = await open();
      const thief = new Visitor();
      await thief.open(client.authorizeUrl());
      const stolen = await thief.submit(`${emulator.origin}/consent`, page, { decision: 'grant' });
      assert.equal(errorOf(stolen), 'invalid_request');
      const none = await new Visitor().submit(`${emulator.origin}/consent`, page, { decision: 'grant' });
      assert.equal(errorOf(none), 'invalid_request');
      const unknown = { status: 200, body: '', location: null };
      const made = await visitor.submit(`${emulator.origin}/consent`, unknown, { decision: 'grant' });
      assert.equal(errorOf(made), 'invalid_request');
    });

    it('is asked for again when somebody else has logged in meanwhile', async () => {
      await returned();
      const page = await open();
      const other = await open();
      const sam = { login: SEED.personalUserLogin, password: 'any' };
      await visitor.submit(`${emulator.origin}/login`, other, sam);
      const answer = await visitor.submit(`${emulator.origin}/consent`, page, { decision: 'grant' });
      assert.equal(answer.location, null);
      assert.match(answer.body, /sam\.okafor@example\.com/);
    });
  });

  describe('pages', () => {
    it('have a policy that allows no script and nothing external', async () => {
      const { headers } = await fetch(client.authorizeUrl());
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /style-src 'sha256-/);
      assert.match(policy, /frame-ancestors 'none'/);
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
    });

    it('let their form lead to the redirect URI and to the callback behind the redirect page', async () => {
      const state = encodeURIComponent('http://127.0.0.1:8000/callback?x=1');
      const redirect = { redirect_uri: `${emulator.origin}/redirect`, state };
      const { headers } = await fetch(client.authorizeUrl(redirect));
      const sources = /form-action ([^;]+)/.exec(headers.get('content-security-policy') ?? '')?.[1];
      assert.equal(sources, `'self' ${emulator.origin} http://127.0.0.1:8000`);
    });

    it('escape what they show', async () => {
      const { body } = await open({ redirect_uri: 'https://"><script>alert(1)</script>' });
      assert.equal(body.includes('<script'), false);
      assert.match(body, /&lt;script&gt;/);
    });
  });

  describe('the error page', () => {
    it('shows what was sent', async () => {
      const { body } = await open({ redirect_uri: 'https://elsewhere.example.com/', state: 'some state' });
      assert.match(body, /There is a problem with this app/);
      assert.match(body, /<summary>Show Error Details<\/summary>/);
      for (const shown of ['code', 'https://elsewhere.example.com/', 'some state', SEED.clientId]) {
        assert.ok(body.includes(`<dd>${shown}</dd>`), shown);
      }
    });

    const table = [
      [{ client_id: 'nobody' }, 'invalid_client'],
      [{ redirect_uri: 'https://elsewhere.example.com/' }, 'redirect_uri_mismatch'],
      [{ redirect_uri: 'http://elsewhere.example.com/' }, 'insecure_redirect_uri'],
      [{ redirect_uri: 'http://127.0.0.1.example.com/callback' }, 'insecure_redirect_uri'],
      [{ redirect_uri: 'http://127.0.0.1:80@example.com/callback' }, 'insecure_redirect_uri'],
      [{ redirect_uri: '1scheme://callback' }, 'invalid_redirect_uri'],
      [{ redirect_uri: '/callback' }, 'invalid_redirect_uri'],
    ] as const;
    for (const [parameters, code] of table) {
      it(`${code}: ${JSON.stringify(parameters)}`, async () => {
        assert.equal(errorOf(await open(parameters)), code);
      });
    }

    it('redirect_uri_missing, but only after the consent', async () => {
      const asked = await open({ redirect_uri: '' });
      assert.equal(asked.status, 200);
      const answer = await visitor.decide(emulator.origin, asked, SEED.userLogin, 'grant');
      assert.equal(errorOf(answer), 'redirect_uri_missing');
    });

    it('is not needed for a redirect URI that is the only one', async () => {
      const redirectUris = ['https://example.com/only'];
      await emulator.control.putApp({ clientId: SEED.clientId, redirectUris });
      assert.equal((await returned({ redirect_uri: '' })).origin, 'https://example.com');
    });
  });

  describe('errors that the client is told', () => {
    const table = [
      [{ response_type: '' }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'no_such_scope' }, 'invalid_scope'],
    ] as const;
    for (const [parameters, error] of table) {
      it(`${error}: ${JSON.stringify(parameters)}`, async () => {
        const { searchParams } = new URL((await open(parameters)).location ?? '');
        assert.deepEqual([searchParams.get('error'), searchParams.get('state')], [error, 'opaque']);
      });
    }

    it('invalid_request: a repeated parameter', async () => {
      const { location } = await visitor.open(`${client.authorizeUrl()}&state=again`);
      assert.equal(new URL(location ?? '').searchParams.get('error'), 'invalid_request');
    });

    it('invalid_scope for one unknown scope among others, where told to', async () => {
      const scope = 'root_readonly no_such_scope';
      assert.equal((await open({ scope })).status, 200);
      await emulator.control.set({ unknownScope: 'invalid_scope' });
      assert.match((await open({ scope })).location ?? '', /error=invalid_scope/);
    });
  });

  describe('account states', () => {
    const after = async (accountState: AccountState): Promise<Visited> => {
      await emulator.control.putUser({ id: SEED.userId, accountState });
      visitor = new Visitor();
      const login = { login: SEED.userLogin, password: 'any' };
      return visitor.submit(`${emulator.origin}/login`, await open(), login);
    };

    it('stay on a Box page', async () => {
      assert.equal(errorOf(await after('terms-required')), 'terms_of_service_required');
      assert.equal(errorOf(await after('password-reset')), 'password_reset_required');
      assert.equal(errorOf(await after('location-blocked')), 'access_from_location_blocked');
    });

    it('go back to the client', async () => {
      assert.match((await after('device-denied')).location ?? '', /error=unauthorized_device/);
      assert.match((await after('rate-limited')).location ?? '', /error=temporarily_unavailable/);
    });

    it('show the Disabled page when the administrator does not allow the app', async () => {
      assert.equal(errorOf(await after('app-disabled')), 'Disabled by Administrator');
      await emulator.control.reset();
      await emulator.control.putApp({ clientId: SEED.clientId, enabledByAdmin: false });
      assert.equal(errorOf(await after('ok')), 'Disabled by Administrator');
    });
  });

  it('takes a POST of the request, as older documents say', async () => {
    const url = new URL(client.authorizeUrl());
    const { body, status } = await visitor.open(`${url.origin}${url.pathname}`, url.searchParams);
    assert.equal(status, 200);
    assert.match(body, /name="login"/);
  });
});
