import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { BoxError, UnexpectedResponseError, UnreachableError } from '../../../src/box/errors';
import { requestIdOf, send, type Fetch, type HttpRequest } from '../../../src/box/http';
import { nodeFetch } from '../../../src/box/nodeFetch';
import { USER_AGENT } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { useRawServer } from '../support/rawServer';
import { RecordingLog } from '../support/recordingLog';
import { assertHoldsNoSecret } from '../support/secrecy';

const SECRETS = ['refresh-token-of-Dana', 'client-secret-of-Dana', 'access-token-of-Dana'];
const [REFRESH_TOKEN = '', CLIENT_SECRET = '', ACCESS_TOKEN = ''] = SECRETS;
const POST: HttpRequest = {
  method: 'POST',
  headers: { authorization: `Bearer ${ACCESS_TOKEN}` },
  body: new URLSearchParams({ refresh_token: REFRESH_TOKEN, client_secret: CLIENT_SECRET }),
};

describe('send', () => {
  const server = useRawServer();
  let clock: FakeClock;
  let log: RecordingLog;

  beforeEach(() => {
    clock = new FakeClock();
    log = new RecordingLog();
  });

  const sending = (
    request: HttpRequest = POST,
    { fetch = nodeFetch, signal, url }: { fetch?: Fetch; signal?: AbortSignal; url?: string } = {},
  ): Promise<Response> =>
    send(
      { loadFetch: () => Promise.resolve(fetch), clock, userAgent: USER_AGENT, log },
      url ?? `${server().origin}/oauth2/token`,
      request,
      { timeoutMs: 15_000, signal },
    );

  /** What sending throws, checked to be ours and to hold nothing secret; no timer may be left. */
  const failure = async (sent: Promise<Response>): Promise<BoxError> => {
    const error: unknown = await sent.then(
      () => assert.fail('an answer came'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BoxError, String(error));
    assertHoldsNoSecret([error, log.lines], SECRETS);
    assert.deepEqual(clock.pending, []);
    return error;
  };

  it('sends method, headers and form, names the extension, and reads the answer', async () => {
    const received: Record<string, unknown> = {};
    server().answer = (request, response) => {
      const { 'user-agent': userAgent, 'content-type': contentType, authorization } = request.headers;
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method, url } = request;
        Object.assign(received, { method, url, userAgent, contentType, authorization, body });
        response.writeHead(400, { 'x-test': 'yes' }).end('{"a":1}');
      });
    };
    const response = await sending();
    assert.deepEqual(
      [response.status, response.headers.get('x-test'), await response.text()],
      [400, 'yes', '{"a":1}'],
    );
    assert.deepEqual(received, {
      method: 'POST',
      url: '/oauth2/token',
      userAgent: USER_AGENT,
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      authorization: `Bearer ${ACCESS_TOKEN}`,
      body: `refresh_token=${REFRESH_TOKEN}&client_secret=${CLIENT_SECRET}`,
    });
    assert.deepEqual(clock.pending, []);
  });

  it('notes method, host, path, status, request ID and time for debugging, and no query', async () => {
    server().answer = (_, response) => {
      clock.jump(120);
      response.writeHead(401, { 'box-request-id': 'abc123' }).end('{}');
    };
    const { origin } = server();
    await sending(POST, { url: `${origin}/2.0/users/me?fields=${ACCESS_TOKEN}` });
    const { host } = new URL(origin);
    const message = `POST ${host}/2.0/users/me: 401, request ID abc123, in 120 ms`;
    assert.deepEqual(log.lines, [{ level: 'debug', message }]);
  });

  it('notes why no answer came', async () => {
    server().answer = (request) => request.socket.destroy();
    await failure(sending());
    assert.match(log.messages('debug').join('\n'), /^POST [^ ]+\/oauth2\/token: ECONNRESET in 0 ms$/);
  });

  it('keeps no cookie of an answer', async () => {
    const cookies: (string | undefined)[] = [];
    server().answer = (request, response) => {
      cookies.push(request.headers.cookie);
      response.writeHead(200, { 'set-cookie': 'box_visitor_id=1; Path=/' }).end('{}');
    };
    await sending();
    await sending();
    assert.deepEqual(cookies, [undefined, undefined]);
  });

  it('reads an answer that has no body', async () => {
    server().answer = (_request, response) => response.writeHead(204).end();
    const response = await sending();
    assert.deepEqual([response.status, await response.text()], [204, '']);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`does not follow a redirect (${status})`, async () => {
      server().answer = (_request, response) =>
        response.writeHead(status, { location: '/elsewhere', 'box-request-id': 'abc123' }).end();
      const error = await failure(sending());
      assert.ok(error instanceof UnexpectedResponseError);
      assert.deepEqual([error.status, error.requestId, server().requests], [status, 'abc123', 1]);
    });
  }

  const retryAfter: [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Thu, 15 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 15 Jan 2026 11:59:30 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ];
  for (const [header, ms] of retryAfter) {
    it(`reads retry-after ${JSON.stringify(header)} as ${String(ms)} ms`, async () => {
      server().answer = (_request, response) => {
        if (header !== undefined) response.setHeader('retry-after', header);
        response.writeHead(429).end();
      };
      const error = await failure(sending());
      assert.ok(error instanceof UnexpectedResponseError);
      assert.equal(error.retryAfterMs, ms);
    });
  }

  for (const status of [409, 429, 500, 502, 503, 504]) {
    it(`counts ${status} as no answer, whatever its body says`, async () => {
      server().answer = (_request, response) =>
        response
          .writeHead(status, { 'Retry-After': '3', 'BOX-REQUEST-ID': '0a1b2c' })
          .end(JSON.stringify({ error: 'invalid_grant', error_description: REFRESH_TOKEN }));
      const error = await failure(sending());
      assert.ok(error instanceof UnexpectedResponseError);
      assert.deepEqual([error.status, error.retryAfterMs, error.requestId], [status, 3000, '0a1b2c']);
    });
  }

  const broken: [string, RequestListener][] = [
    ['is dropped before an answer', (_request, response) => response.destroy()],
    [
      'breaks in the middle of the body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"access_token":', () => {
          response.destroy();
        });
      },
    ],
    [
      'breaks in the middle of a chunked body',
      (_request, response) => {
        response.write('{"access_token":', () => response.destroy());
      },
    ],
    ['is no HTTP', (_request, response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n')],
  ];
  for (const [name, answer] of broken) {
    it(`counts a connection that ${name} as no answer`, async () => {
      server().answer = answer;
      const error = await failure(sending());
      assert.ok(error instanceof UnreachableError);
      assert.notEqual(error.systemCode, 'TIMEOUT');
      assert.equal(error.host, new URL(server().origin).host);
    });
  }

  it('names the system’s code and the host that refused the connection', async () => {
    const { origin } = server();
    await server().close();
    const error = await failure(sending(POST, { url: `${origin}/oauth2/token?client_id=x` }));
    await server().listen();
    assert.ok(error instanceof UnreachableError);
    assert.deepEqual([error.systemCode, error.host], ['ECONNREFUSED', new URL(origin).host]);
  });

  it('names the code of a connection that speaks no TLS', async () => {
    const error = await failure(sending(POST, { url: server().origin.replace('http:', 'https:') }));
    assert.ok(error instanceof UnreachableError);
    assert.match(error.systemCode, /SSL|TLS|EPROTO/);
  });

  it('finds the system’s code in the causes of an error', async () => {
    const cause = new Error('lookup', { cause: Object.assign(new Error('dns'), { code: 'ENOTFOUND' }) });
    const fetch: Fetch = () => Promise.reject(new TypeError(`failed for ${REFRESH_TOKEN}`, { cause }));
    const error = await failure(sending(POST, { fetch }));
    assert.ok(error instanceof UnreachableError);
    assert.equal(error.systemCode, 'ENOTFOUND');
  });

  it('refuses an answer too large to be one', async () => {
    server().answer = (_request, response) => response.writeHead(200).end('x'.repeat(2_000_000));
    await failure(sending());
  });

  const slow: [string, RequestListener][] = [
    ['headers', () => undefined],
    ['the rest of the body', (_request, response) => response.writeHead(200).write('{')],
  ];
  for (const [name, answer] of slow) {
    it(`gives up waiting for ${name} when its time is over, and not before`, async () => {
      server().answer = answer;
      let ended = false;
      const failed = failure(sending()).finally(() => {
        ended = true;
      });
      await server().arrival(1);
      await clock.advance(14_999);
      assert.equal(ended, false);
      await clock.advance(1);
      const error = await failed;
      assert.ok(error instanceof UnreachableError);
      assert.equal(error.systemCode, 'TIMEOUT');
    });
  }

  it('rejects with the reason when it is aborted while it waits', async () => {
    server().answer = () => undefined;
    const aborter = new AbortController();
    const sent = sending(POST, { signal: aborter.signal });
    await server().arrival(1);
    aborter.abort(new Error('cancelled by Dana'));
    await assert.rejects(sent, { message: 'cancelled by Dana' });
    assert.deepEqual(clock.pending, []);
  });

  it('sends nothing when it was aborted before', async () => {
    const signal = AbortSignal.abort(new Error('cancelled by Dana'));
    await assert.rejects(sending(POST, { signal }), { message: 'cancelled by Dana' });
    assert.deepEqual([server().requests, clock.pending], [0, []]);
  });
});

describe('requestIdOf', () => {
  const cases: [string, string | undefined][] = [
    ['0a1b2c3d4e5f6g7h8i9j0k1l2m', '0a1b2c3d4e5f6g7h8i9j0k1l2m'],
    ['01234567890123456789012345678901a', '01234567890123456789012345678901a'],
    ['', undefined],
    ['<b>id</b>', undefined],
    ['[id](command:x)', undefined],
    ['x'.repeat(1000), undefined],
  ];
  for (const [header, id] of cases) {
    it(`reads ${JSON.stringify(header).slice(0, 40)} as ${String(id)}`, () => {
      assert.equal(requestIdOf(new Headers({ 'BOX-REQUEST-ID': header })), id);
    });
  }

  it('is undefined where there is none', () => {
    assert.equal(requestIdOf(new Headers()), undefined);
  });
});
