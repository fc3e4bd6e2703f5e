import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomToken } from '../../../../src/box/authorizationRequest';
import type { AuthorizationResponse } from '../../../../src/signIn/callback/callback';
import { answerPage, PAGE_HEADERS } from '../../../../src/signIn/methods/localServer/pages';
import { settle } from '../../support/fakeClock';
import { SAME_VALUES } from '../../support/property';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { hostileBytes } from './hostileRequests';
import {
  EDITOR_URI,
  freePorts,
  HOST,
  RawConnection,
  send,
  sendRaw,
  split,
  useSignIns,
  WORDS,
} from './localServerClient';

const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
const GRANTED = answerPage({ code: CODE }, WORDS, EDITOR_URI);
const NOT_EXPECTED = answerPage(undefined, WORDS, EDITOR_URI);

const SHORT = { connections: 64, requestMs: 50, checkMs: 10, headerBytes: 65_536, lastAnswerMs: 5000 };

describe('LocalServerMethod, whatever others send', () => {
  const signIns = useSignIns();

  const begin = async (limits?: typeof SHORT) => {
    const nonce = randomToken();
    const [port = 0] = await freePorts(1);
    const method = signIns().method([port], limits && { limits });
    const { response } = await signIns().prepare(method, nonce);
    const answers: AuthorizationResponse[] = [];
    void response.then((answer) => answers.push(answer));
    const path = `/callback?code=${CODE}&state=${nonce}`;
    const request = `GET ${path} HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`;
    return { nonce, port, answers, path, request };
  };
  type Waiting = Awaited<ReturnType<typeof begin>>;

  /** Asserts that the sign-in waits, and then that its own answer completes it. */
  const assertCompletes = async ({ port, path, nonce, answers }: Waiting): Promise<void> => {
    assert.deepEqual(answers, []);
    const { status, body } = await send(port, path);
    assert.deepEqual([status, body], [200, GRANTED]);
    assert.deepEqual(answers, [{ code: CODE }]);
    assertHoldsNoSecret(signIns().log.lines, [CODE, nonce]);
  };

  const assertHeaders = (head: string): void => {
    for (const [name, value] of Object.entries({ ...PAGE_HEADERS, Connection: 'close' }))
      assert.ok(head.split('\r\n').includes(`${name}: ${value}`), `${name} in ${head}`);
    assert.doesNotMatch(head, /^(?:access-control-|set-cookie|location|server|x-powered-by)/im);
  };

  describe('with another method', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD']) {
      it(`${method} is told which one there is`, async () => {
        const waiting = await begin();
        const { head, body } = split(await sendRaw(waiting.port, waiting.request.replace('GET', method)));
        assert.match(head, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
        assert.match(head, /^Allow: GET$/m);
        assert.equal(body, method === 'HEAD' ? '' : '405 Method Not Allowed\n');
        assertHeaders(head);
        await assertCompletes(waiting);
      });
    }

    it('a preflight for the private network gets no permission', async () => {
      const waiting = await begin();
      const { status, headers } = await send(waiting.port, waiting.path, {
        method: 'OPTIONS',
        headers: {
          Origin: 'https://evil.example',
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Private-Network': 'true',
        },
      });
      assert.equal(status, 405);
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        [],
      );
      await assertCompletes(waiting);
    });

    it('CONNECT is closed', async () => {
      const waiting = await begin();
      assert.equal(await sendRaw(waiting.port, waiting.request.replace('GET', 'CONNECT')), '');
      await assertCompletes(waiting);
    });
  });

  for (const path of [
    '/',
    '/callback/',
    '/Callback',
    '//callback',
    '/%63allback',
    '/callback2',
    '/favicon.ico',
    '/x/callback',
    '/callback;a',
    '/callback%3F',
    '*',
  ])
    it(`the path ${path} is not found`, async () => {
      const waiting = await begin();
      const answer = await sendRaw(waiting.port, waiting.request.replace('/callback', path));
      assert.equal(split(answer).body, '404 Not Found\n');
      assertHeaders(split(answer).head);
      await assertCompletes(waiting);
    });

  it('a request for the whole address, as to a proxy, is not found', async () => {
    const waiting = await begin();
    const whole = `http://${HOST}:${waiting.port}/callback`;
    const answer = await sendRaw(waiting.port, waiting.request.replace('/callback', whole));
    assert.match(answer, /^HTTP\/1\.1 404 /);
    await assertCompletes(waiting);
  });

  describe('with another Host', () => {
    const hosts = (port: number): [string, number][] => [
      [`Host: evil.example:${port}`, 421],
      [`Host: localhost:${port}`, 421],
      [`Host: ${HOST}`, 421],
      [`Host: ${HOST}:${port + 1}`, 421],
      [`Host: ${HOST}:${port}.evil.example`, 421],
      [`Host: ${HOST}:0${port}`, 421],
      [`Host: 127.1:${port}`, 421],
      [`Host: [::1]:${port}`, 421],
      [`Host: ${HOST}:${port}, ${HOST}:${port}`, 421],
      [`Host: evil.example\r\nX-Forwarded-Host: ${HOST}:${port}`, 421],
      ['Host:', 421],
      [`Host: ${HOST}:${port}\r\nHost: ${HOST}:${port}`, 400],
      [`Host: ${HOST}:${port}\r\nHost: evil.example`, 400],
      ['X-Forwarded-Host: 127.0.0.1', 400],
    ];
    hosts(0).forEach(([name], index) => {
      it(`(${name.replaceAll('\r\n', ', ')}) nothing is considered`, async () => {
        const waiting = await begin();
        const [header, status] = hosts(waiting.port)[index] ?? ['', 0];
        const { head, body } = split(
          await sendRaw(waiting.port, waiting.request.replace(`Host: ${HOST}:${waiting.port}`, header)),
        );
        assert.equal(body, status === 400 ? '400 Bad Request\n' : '421 Misdirected Request\n');
        assertHeaders(head);
        await assertCompletes(waiting);
      });
    });

    it('nor without one, as HTTP/1.0 allows it', async () => {
      const waiting = await begin();
      assert.match(await sendRaw(waiting.port, `GET ${waiting.path} HTTP/1.0\r\n\r\n`), /^HTTP\/1\.1 400 /);
      await assertCompletes(waiting);
    });
  });

  it('an upgrade or an expectation gets the answer that any request gets', async () => {
    const waiting = await begin();
    for (const headers of [
      'Connection: upgrade\r\nUpgrade: websocket',
      'Expect: 100-continue',
      'Expect: more',
    ]) {
      const request = waiting.request
        .replace(waiting.nonce, 'other')
        .replace('\r\n\r\n', `\r\n${headers}\r\n\r\n`);
      const { head, body } = split(await sendRaw(waiting.port, request));
      assert.match(head, /^HTTP\/1\.1 400 /);
      assert.equal(body, NOT_EXPECTED);
      assertHeaders(head);
    }
    await assertCompletes(waiting);
  });

  describe('that is no request', () => {
    const cases: [string, (waiting: Waiting) => string, string][] = [
      ['words', () => 'hello\r\n\r\n', '400 Bad Request\n'],
      ['the beginning of TLS', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400 Bad Request\n'],
      ['half a request', ({ request }) => request.slice(0, -2), '400 Bad Request\n'],
      [
        'a header with a null character',
        ({ request }) => request.replace('Host', 'X: \0\r\nHost'),
        '400 Bad Request\n',
      ],
      [
        'two lengths',
        ({ request }) => request.replace('Host', 'Content-Length: 1\r\nContent-Length: 2\r\nHost'),
        '400 Bad Request\n',
      ],
      [
        'a huge header',
        ({ request }) => request.replace('Host', `X: ${'x'.repeat(70_000)}\r\nHost`),
        '431 Request Header Fields Too Large\n',
      ],
      [
        'a huge address',
        ({ request }) => request.replace('code=', `x=${'x'.repeat(70_000)}&code=`),
        '431 Request Header Fields Too Large\n',
      ],
    ];
    for (const [name, bytes, body] of cases) {
      it(`(${name}) gets a short answer`, async () => {
        const waiting = await begin();
        const connection = await RawConnection.open(waiting.port);
        connection.socket.end(bytes(waiting), 'latin1');
        const answer = split(await connection.ended);
        assert.equal(answer.body, body);
        assertHeaders(answer.head);
        await assertCompletes(waiting);
      });
    }

    it('(nothing at all) is closed', async () => {
      const waiting = await begin();
      assert.equal(await sendRaw(waiting.port, ''), '');
      await assertCompletes(waiting);
    });
  });

  it('a browser that brings the cookies of every other server here is answered', async () => {
    const waiting = await begin();
    const cookies = `Cookie: ${'a=b; '.repeat(10_000)}`;
    const answer = await sendRaw(waiting.port, waiting.request.replace('\r\n\r\n', `\r\n${cookies}\r\n\r\n`));
    assert.equal(split(answer).body, GRANTED);
    assert.deepEqual(waiting.answers, [{ code: CODE }]);
  });

  it('one connection brings one request: what comes after it is not read', async () => {
    const waiting = await begin();
    const other = waiting.request.replace(waiting.nonce, 'other');
    assert.equal(split(await sendRaw(waiting.port, other + waiting.request)).body, NOT_EXPECTED);
    await assertCompletes(waiting);
  });

  for (const [name, rest] of [
    ['words', 'hello\r\n\r\n'],
    ['another request', 'GET / HTTP/1.1\r\n\r\n'],
    ['bytes that are no text', '\0\xff'.repeat(1000)],
  ] as const)
    it(`${name} after the real answer do not cut its page`, async () => {
      const { port, request, answers } = await begin();
      assert.equal(split(await sendRaw(port, request + rest)).body, GRANTED);
      assert.deepEqual(answers, [{ code: CODE }]);
    });

  it('a real answer that comes in pieces is taken', async () => {
    const { port, request, answers } = await begin();
    const { socket, ended } = await RawConnection.open(port);
    for (const piece of request.match(/.{1,20}/gs) ?? []) {
      socket.write(piece);
      await settle();
    }
    assert.equal(split(await ended).body, GRANTED);
    assert.deepEqual(answers, [{ code: CODE }]);
  });

  it('slow clients are ended, and hold nobody up', async () => {
    const waiting = await begin(SHORT);
    const slow: RawConnection[] = [];
    for (const begun of [
      '',
      'GET /',
      waiting.request.slice(0, -2),
      'POST / HTTP/1.1\r\nContent-Length: 9\r\n',
    ]) {
      const connection = await RawConnection.open(waiting.port);
      connection.socket.write(begun);
      slow.push(connection);
    }
    for (const { ended } of slow) assert.equal(await ended, '');
    await assertCompletes(waiting);
  });

  it('clients that vanish leave nothing behind', async () => {
    const waiting = await begin();
    for (const begun of ['', 'GET /call', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n']) {
      const { socket, ended } = await RawConnection.open(waiting.port);
      socket.write(begun);
      socket.resetAndDestroy();
      await ended;
    }
    await assertCompletes(waiting);
    await settle();
    assert.deepEqual(signIns().clock.pending, []);
  });

  it('a crowd of connections cannot keep the browser out: the oldest ones end', async () => {
    const waiting = await begin();
    const crowd: RawConnection[] = [];
    for (let index = 0; index < 150; index++) crowd.push(await RawConnection.open(waiting.port));
    const evicted = crowd.slice(0, 150 - 64);
    for (const { ended } of evicted) assert.equal(await ended, '');
    const staying = crowd.slice(-60);
    assert.ok(staying.every(({ socket }) => !socket.destroyed));
    await assertCompletes(waiting);
    for (const { socket } of crowd) socket.destroy();
  });

  it('the log has one line for each kind of it', async () => {
    const waiting = await begin();
    for (let round = 0; round < 3; round++) {
      await send(waiting.port, '/secret-path');
      await send(waiting.port, '/callback?code=secret-code&state=secret-state');
      await send(waiting.port, '/callback?secret-query');
      await send(waiting.port, waiting.path, { method: 'POST' });
      await send(waiting.port, waiting.path, { headers: { Host: 'secret-host' } });
      await sendRaw(waiting.port, 'secret words\r\n\r\n');
      await sendRaw(waiting.port, 'GET / HTTP/1.0\r\n\r\n');
    }
    const { log } = signIns();
    assert.deepEqual(log.messages(), log.messages('info'));
    assert.equal(log.lines.length, 7);
    assert.doesNotMatch(log.messages().join('\n'), /secret/);
    await assertCompletes(waiting);
  });

  it('thousands of requests end nothing, are not repeated, and get one of a few fixed answers', async function () {
    this.timeout(60_000);
    const waiting = await begin();
    const { port, nonce, answers } = waiting;
    const fixed = await fixedAnswers(port);
    let answered = 0;
    const assertHarmless = async (template: string): Promise<void> => {
      const bytes = template.replaceAll('{nonce}', nonce).replaceAll('{port}', `${port}`);
      const answer = (await sendRaw(port, bytes, 'utf8')).replace(/^Date: .*\r\n/m, '');
      assert.ok(
        fixed.some((known) => known.startsWith(answer)),
        answer,
      );
      if (answer !== '') answered += 1;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(hostileBytes, { minLength: 20, maxLength: 20 }), async (requests) => {
        await Promise.all(requests.map(assertHarmless));
        assert.deepEqual(answers, []);
      }),
      { ...SAME_VALUES, numRuns: 250 },
    );
    assert.ok(answered > 4000, `${answered} of 5000 were answered`);
    assert.ok(signIns().log.lines.length <= 9, signIns().log.messages().join('\n'));
    await assertCompletes(waiting);
  });

  /** What plain requests of each kind get, without the date. */
  const fixedAnswers = async (port: number): Promise<string[]> => {
    const requests = ['GET', 'HEAD'].flatMap((method) => [
      `${method} /callback HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`,
      `${method} / HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`,
      `${method} / HTTP/1.1\r\nHost: other\r\n\r\n`,
      `${method} / HTTP/1.1\r\n\r\n`,
    ]);
    requests.push(`POST /callback HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`);
    requests.push('no request\r\n\r\n', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\n\r\n`);
    const answers = await Promise.all(requests.map((request) => sendRaw(port, request)));
    assert.ok(answers.every((answer) => answer.startsWith('HTTP/1.1 4')));
    return answers.map((answer) => answer.replace(/^Date: .*\r\n/m, ''));
  };
});
