import assert from 'node:assert/strict';
import { startEmulator, type Emulator } from '../src';
import { rawRequest } from './rawRequest';
import { TestClient } from './testClient';

describe('Emulator: hostile input', () => {
  let emulator: Emulator;
  let client: TestClient;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());
  afterEach('the emulator still signs in', async () => {
    assert.match((await client.signIn()).access_token, /^[A-Za-z0-9]{32}$/);
  });

  const send = async (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${emulator.origin}${path}`, { redirect: 'manual', ...init });
  const status = (raw: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(raw)?.[1]);

  for (const host of ['example.com', 'localhost', '127.0.0.2:1', 'api.box.com', '']) {
    it(`answers 421 to the host "${host}"`, async () => {
      const raw = await rawRequest(emulator.origin, {
        line: 'GET /2.0/users/me HTTP/1.1',
        headers: [`Host: ${host}`],
      });
      assert.equal(status(raw), 421);
      const control = await rawRequest(emulator.origin, {
        line: 'POST /control/issuedSecrets HTTP/1.1',
        headers: [`Host: ${host}`],
        body: '[]',
      });
      assert.equal(status(control), 421);
    });
  }

  for (const [path, ...allowed] of [
    ['/oauth2/token', 'GET', 'POST'],
    ['/oauth2/revoke', 'POST'],
    ['/2.0/users/me', 'GET'],
    ['/api/oauth2/authorize', 'GET', 'POST'],
    ['/redirect', 'GET'],
  ] as const) {
    it(`answers 405 on ${path} to other methods than ${allowed.join(' and ')}`, async () => {
      const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
      for (const method of methods.filter((name) => !allowed.some((known) => known === name))) {
        const response = await send(path, { method });
        assert.equal(response.status, 405, method);
        assert.equal(response.headers.get('allow'), allowed.join(', '));
      }
    });
  }

  for (const path of ['/oauth2/token', '/oauth2/revoke']) {
    it(`refuses a repeated parameter on ${path}`, async () => {
      const body = new URLSearchParams('grant_type=refresh_token&token=a&token=b&grant_type=x');
      const response = await send(path, { method: 'POST', body });
      assert.equal(response.status, 400);
      assert.equal(((await response.json()) as { error: string }).error, 'invalid_request');
    });

    it(`answers 413 to a huge body on ${path}`, async () => {
      const response = await send(path, { method: 'POST', body: 'x'.repeat(300_000) });
      assert.equal(response.status, 413);
    });

    const bodies = [
      '%',
      '%%%=%%%',
      '=',
      '&&&',
      'grant_type',
      '\0',
      '{"a":1}',
      'grant_type=%FF%FE',
      '\u{1F600}',
    ];
    for (const body of bodies) {
      it(`answers 400 to the body ${JSON.stringify(body)} on ${path}`, async () => {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        assert.equal((await send(path, { method: 'POST', headers, body })).status, 400);
      });
    }
  }

  const authorizations = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic',
    'Basic !!!',
    'Basic Og==',
    'Basic JTox',
    'x',
  ];
  for (const authorization of authorizations) {
    it(`survives "Authorization: ${authorization}"`, async () => {
      const headers = { authorization };
      assert.equal((await send('/2.0/users/me', { headers })).status, 401);
      const init = { method: 'POST', headers, body: new URLSearchParams({ grant_type: 'refresh_token' }) };
      assert.equal((await send('/oauth2/token', init)).status, 400);
    });
  }

  const paths = [
    '/%',
    '/..%2f..%2fetc/passwd',
    '/api/oauth2/authorize?client_id=%',
    '/api/oauth2/authorize?client_id=__proto__',
    '/2.0/users/__proto__',
    '/control/',
    '/control/__proto__',
    '/control/constructor',
    '/login?ticket=constructor',
    '/redirect?state=%25&code=%25',
    `/${'a'.repeat(8000)}`,
  ];
  for (const path of paths) {
    it(`answers ${path.slice(0, 40)} with a client's error`, async () => {
      const { status: answered } = await send(path);
      assert.ok(answered >= 400 && answered < 500, String(answered));
    });
  }

  it('survives bytes that are not HTTP', async () => {
    assert.equal(status(await rawRequest(emulator.origin, { line: 'nonsense' })), 400);
  });

  it('survives a client that leaves in the middle of a body', async () => {
    const aborter = new AbortController();
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('grant_type=refresh_token'));
        aborter.abort();
      },
    });
    const init = { method: 'POST', body, duplex: 'half', signal: aborter.signal } as RequestInit;
    await assert.rejects(send('/oauth2/token', init));
  });

  describe('control', () => {
    it('is closed to web pages', async () => {
      const init = { method: 'POST', body: '[]', headers: { origin: 'https://example.com' } };
      assert.equal((await send('/control/reset', init)).status, 403);
      assert.equal((await send('/control/reset')).status, 403);
    });

    for (const body of ['', '{', '{}', '"x"']) {
      it(`answers 400 to the body ${JSON.stringify(body)}`, async () => {
        assert.equal((await send('/control/requests', { method: 'POST', body })).status, 400);
      });
    }
  });
});
