import assert from 'node:assert/strict';
import { UnreachableError } from '../../../src/box/errors';
import { SessionError } from '../../../src/sessions/errors';
import { mcpServerUrl, McpServers, type McpServer } from '../../../src/mcp/mcpServer';
import type { LiveSession } from '../../../src/sessions/store/sessionRecord';
import { SEED } from '../../emulator/src';
import { observeWaits } from '../support/waits';
import { useEmulatedBox } from '../support/emulatedBox';
import { assertHoldsNoSecret } from '../support/secrecy';
import { SessionWindow, useMachine } from '../support/sessionWindow';

const MINUTE_MS = 60_000;
const DANA = `Box (${SEED.userLogin})`;
const SAM = `Box (${SEED.personalUserLogin})`;

describe('mcpServerUrl', () => {
  const account = 'https://account.box.com';

  it('is Box’s own for tokens that Box issued, wherever the sign-in page is', () => {
    assert.equal(mcpServerUrl({ account, api: 'https://api.box.com' }), 'https://mcp.box.com/');
    const verified = { account: 'https://ent.box.com', api: 'https://api.box.com' };
    assert.equal(mcpServerUrl(verified), 'https://mcp.box.com/');
  });

  for (const api of [
    'http://127.0.0.2:8080',
    'http://localhost:1',
    'https://[::1]:9',
    'http://127.0.0.1/box',
  ]) {
    it(`stays on this computer with ${api}`, () => {
      assert.equal(mcpServerUrl({ account, api }), `${api}/mcp`);
    });
  }

  for (const api of [
    'https://gateway.example.com',
    'https://api.box.com.example.com',
    'https://api.box.com:8443',
    'https://api.box.com/v2',
    'https://box.com',
    'https://127.0.0.1.example.com',
  ]) {
    it(`is unknown for ${api}, whoever shows the sign-in page`, () => {
      assert.equal(mcpServerUrl({ account, api }), undefined);
    });
  }
});

describe('McpServers', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let servers: McpServers;
  let used: LiveSession[];
  /** How often a change was told since the last look. */
  let changes: number;

  const offer = (of: SessionWindow): McpServers => {
    const { store, refresher, expiry, clock } = of;
    const parts = { store, refresher, box: box.client(clock), expiry, clock };
    return new McpServers({ ...parts, onDidUse: (session) => used.push(session) });
  };

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    used = [];
    changes = 0;
    servers = offer(window);
    servers.onDidChange(() => (changes += 1));
  });

  afterEach(() => {
    servers.dispose();
  });

  const told = (): boolean => {
    const wasTold = changes > 0;
    changes = 0;
    return wasTold;
  };
  const labels = async (): Promise<string[]> => (await servers.list()).map(({ label }) => label);
  const listed = async (label = DANA): Promise<McpServer> => {
    const found = (await servers.list()).find((server) => server.label === label);
    assert.ok(found, `${label} is listed`);
    return found;
  };
  /** The token in the headers of a resolved server. */
  const token = async (label = DANA): Promise<string | undefined> =>
    /^Bearer (.+)$/.exec((await servers.resolve(label))?.headers.Authorization ?? '')?.[1];
  const requestCount = async (): Promise<number> => (await box.control.requests()).length;
  const refuses = async (code: string): Promise<void> => {
    await assert.rejects(servers.resolve(DANA), (error) => {
      assert.ok(error instanceof SessionError, String(error));
      assert.equal(error.code, code);
      return true;
    });
  };

  describe('list', () => {
    it('is empty while nobody is signed in', async () => {
      assert.deepEqual(await servers.list(), []);
      assert.equal(await servers.resolve(DANA), undefined);
    });

    it('names one server for each account, the last signed in first, with no request and no secret', async () => {
      await window.signIn();
      window.clock.jump(1000);
      await window.signIn({}, SEED.personalUserLogin);
      const before = await requestCount();

      const list = await servers.list();

      assert.deepEqual(
        list.map(({ label, url }) => [label, url]),
        [
          [SAM, `${box.origin}/mcp`],
          [DANA, `${box.origin}/mcp`],
        ],
      );
      assert.equal(await requestCount(), before);
      assertHoldsNoSecret(list, await box.control.issuedSecrets());
    });

    it('sends no request for an expired token either', async () => {
      await window.signIn();
      await window.letTokensExpire();
      const before = await requestCount();
      assert.deepEqual(await labels(), [DANA]);
      assert.equal(await requestCount(), before);
    });

    it('names an account once that has several sessions', async () => {
      await window.signIn({ scopes: ['root_readonly'] });
      await window.signIn();
      assert.deepEqual(await labels(), [DANA]);
    });

    it('leaves out what no person signed in', async () => {
      const session = await window.signIn();
      await window.store.write({ ...session, credential: 'developerToken' });
      assert.deepEqual(await servers.list(), []);
    });

    it('leaves out sessions of another Box than the settings name', async () => {
      await window.signIn();
      assert.deepEqual(await labels(), [DANA]);
      window.origins = { account: 'https://account.box.com', api: 'https://api.box.com' };
      window.store.originsChanged();
      assert.ok(told());
      assert.equal(await servers.resolve(DANA), undefined);
      assert.deepEqual(await servers.list(), []);
      assert.equal(await servers.resolve(DANA), undefined);
    });

    it('names Box’s own server for sessions of Box', async () => {
      const session = await window.signIn();
      window.origins = { account: 'https://account.box.com', api: 'https://api.box.com' };
      await window.store.write({ ...session, origins: window.origins });
      assert.equal((await listed()).url, 'https://mcp.box.com/');
    });

    it('leaves out sessions of a Box whose MCP server is not known', async () => {
      const session = await window.signIn();
      window.origins = { account: 'https://box.example.com', api: 'https://box.example.com' };
      await window.store.write({ ...session, origins: window.origins });
      assert.deepEqual(await servers.list(), []);
    });
  });

  describe('resolve', () => {
    it('gives a token that lives without a request, and notes that it is used', async () => {
      const session = await window.signIn();
      const server = await listed();
      const before = await requestCount();

      assert.deepEqual(await servers.resolve(DANA), {
        ...server,
        headers: { Authorization: `Bearer ${session.pair.accessToken}` },
      });
      assert.equal(await requestCount(), before);
      assert.deepEqual(used, [session]);
    });

    it('refreshes a token that has expired, and changes nothing that would stop the server again', async () => {
      const session = await window.signIn();
      const before = await listed();
      await window.letTokensExpire();

      const given = await token();

      assert.notEqual(given, session.pair.accessToken);
      assert.ok((await box.control.tokenInfo(given ?? '')).live);
      assert.equal(told(), false);
      assert.deepEqual(await listed(), before);
    });

    it('gives the token of the account that is asked for, by its widest session', async () => {
      await window.signIn({ scopes: ['root_readonly'] });
      const wide = await window.signIn();
      const other = await window.signIn({}, SEED.personalUserLogin);
      await servers.list();
      assert.equal(await token(DANA), wide.pair.accessToken);
      assert.equal(await token(SAM), other.pair.accessToken);
    });

    it('takes another session of the account where the widest turns out to have ended', async () => {
      const narrow = await window.signIn({ scopes: ['root_readonly'] });
      const wide = await window.signIn();
      await servers.list();
      await window.store.write({ ...wide, pair: { ...wide.pair, refreshToken: 'unknown', expiresIn: 0 } });
      window.clock.jump(1000);
      assert.equal(await token(), narrow.pair.accessToken);
      assert.deepEqual(
        window.ended.map(({ id }) => id),
        [wide.id],
      );
    });

    it('tries a token at Box that was handed out before, and gives it again while it lives', async () => {
      const session = await window.signIn();
      await servers.list();
      await token();
      const before = await requestCount();
      assert.equal(await token(), session.pair.accessToken);
      assert.equal(await requestCount(), before + 1);
      assert.equal(told(), false);
    });

    it('gives another token instead of one that was handed out before and that Box refuses', async () => {
      await window.signIn();
      const before = await listed();
      const first = await token();
      await box.control.expireAccessTokens();
      const second = await token();
      assert.notEqual(second, first);
      assert.ok((await box.control.tokenInfo(second ?? '')).live);
      assert.equal((await box.control.counters()).refreshRequests, 1);
      assert.equal(told(), false);
      assert.deepEqual(await listed(), before);
    });

    it('says that the session has ended when the token was revoked that was handed out before', async () => {
      await window.signIn();
      await servers.list();
      await token();
      await box.control.revokeUser(SEED.userId);
      await refuses('ended');
      assert.equal(window.ended.length, 1);
    });

    it('gives a token again that it cannot try', async () => {
      const session = await window.signIn();
      await servers.list();
      await token();
      await box.control.fault({ endpoint: 'usersMe', kind: 'status', status: 503, times: -1 });
      const { value } = await observeWaits(window.clock, servers.resolve(DANA));
      assert.equal(value?.headers.Authorization, `Bearer ${session.pair.accessToken}`);
    });

    it('says that the session has ended when Box knows it no more, and lists it no more', async () => {
      await window.signIn();
      await servers.list();
      await box.control.revokeUser(SEED.userId);
      await window.letTokensExpire();
      await refuses('ended');
      assert.ok(told());
      await refuses('ended');
      assert.deepEqual(await servers.list(), []);
    });

    it('says that the account was signed out since it was listed', async () => {
      const session = await window.signIn();
      await servers.list();
      await window.signOut.run(session.id);
      assert.ok(told());
      await refuses('signed_out');
    });

    it('keeps the session when Box cannot be reached, and works afterwards', async () => {
      await window.signIn();
      const before = await listed();
      await window.letTokensExpire();
      await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
      const { error } = await observeWaits(window.clock, servers.resolve(DANA));
      assert.ok(error instanceof UnreachableError);
      assert.deepEqual(await listed(), before);
      await box.control.clearFaults();
      window.backoff.reset();
      assert.ok(await token());
    });
  });

  describe('version', () => {
    it('has nothing of the token in it', async () => {
      const { pair } = await window.signIn();
      const { version } = await listed();
      assert.ok(version.length > 0);
      for (let at = 0; at + 6 <= version.length; at += 1) {
        assert.ok(!pair.accessToken.includes(version.slice(at, at + 6)));
      }
    });

    it('changes with the token, and says so', async () => {
      const session = await window.signIn();
      const first = await listed();
      await token();
      const second = await window.refresher.refreshNow(session);
      assert.ok(told());
      const changed = await listed();
      assert.notEqual(changed.version, first.version);
      assert.deepEqual({ ...changed, version: first.version }, first);
      assert.equal(await token(), second.pair.accessToken);
      assert.equal(told(), false);
    });

    it('changes when another window refreshes the token', async () => {
      const session = await window.signIn();
      const first = await listed();
      const other = new SessionWindow(box, machine());
      await other.store.load();
      await other.refresher.refreshNow(session);
      await window.store.readStored(session.id);
      assert.ok(told());
      assert.notEqual((await listed()).version, first.version);
    });

    it('is the same in every window', async () => {
      await window.signIn();
      const other = offer(new SessionWindow(box, machine()));
      assert.deepEqual(await other.list(), await servers.list());
      other.dispose();
    });

    it('changes shortly before a token ends that was handed out, so that the next use gets another', async () => {
      const session = await window.signIn();
      const first = await listed();
      await token();
      await window.clock.advance(57 * MINUTE_MS);
      assert.equal(told(), false);
      await window.clock.advance(MINUTE_MS);
      assert.ok(told());
      assert.equal((await box.control.counters()).refreshRequests, 0);
      assert.notEqual((await listed()).version, first.version);
      assert.notEqual(await token(), session.pair.accessToken);
      assert.equal(told(), false);
    });

    it('changes once more at the end of a token that could not be refreshed, and not at once', async () => {
      const session = await window.signIn();
      await servers.list();
      await window.clock.advance(58 * MINUTE_MS);
      await box.control.fault({ endpoint: 'token', kind: 'status', status: 503, times: -1 });
      const { value } = await observeWaits(window.clock, servers.resolve(DANA));
      assert.equal(value?.headers.Authorization, `Bearer ${session.pair.accessToken}`);
      assert.equal(told(), false);
      await window.clock.advance(3 * MINUTE_MS);
      assert.ok(told());
    });

    it('of one account stays when another’s changes', async () => {
      const session = await window.signIn();
      await window.signIn({}, SEED.personalUserLogin);
      const before = await listed(SAM);
      await window.refresher.refreshNow(session);
      assert.deepEqual(await listed(SAM), before);
    });
  });

  describe('onDidChange', () => {
    it('tells of accounts that come and go, once anybody has asked', async () => {
      const first = await window.signIn();
      assert.equal(told(), false);
      await servers.list();
      await window.signIn({}, SEED.personalUserLogin);
      assert.ok(told());
      await servers.list();
      await window.signOut.run(first.id);
      assert.ok(told());
    });

    it('is silent once nobody wants it', async () => {
      const session = await window.signIn();
      await servers.list();
      await token();
      assert.equal(window.clock.pending.length, 1);
      servers.dispose();
      assert.deepEqual(window.clock.pending, []);
      await window.refresher.refreshNow(session);
      assert.equal(told(), false);
    });
  });
});
