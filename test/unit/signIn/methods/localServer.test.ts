import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { randomToken } from '../../../../src/box/authorizationRequest';
import { authorize, type AuthorizationWindow } from '../../../../src/signIn/authorization';
import type { AuthorizationResponse } from '../../../../src/signIn/callback/callback';
import { SignInError } from '../../../../src/signIn/errors';
import { answerPage, PAGE_HEADERS } from '../../../../src/signIn/methods/localServer/pages';
import { readRequest } from '../../../../src/signIn/methods/localServer/request';
import type { PreparedSignIn } from '../../../../src/signIn/signInMethod';
import { settle } from '../../support/fakeClock';
import { assertHoldsNoSecret } from '../../support/secrecy';
import {
  EDITOR_URI,
  freePorts,
  HOST,
  portOf,
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

const uriOf = (port: number): string => `http://127.0.0.1:${port}/callback`;
const callback = (nonce: string, code = CODE): string => `/callback?code=${code}&state=${nonce}`;
const rawCallback = (port: number, nonce: string): string =>
  `GET ${callback(nonce)} HTTP/1.1\r\nHost: ${HOST}:${port}\r\n\r\n`;

/** Notes the answers of a sign-in when they come. */
const answersOf = ({ response }: PreparedSignIn): AuthorizationResponse[] => {
  const answers: AuthorizationResponse[] = [];
  void response.then((answer) => answers.push(answer));
  return answers;
};

describe('LocalServerMethod', () => {
  const signIns = useSignIns();

  /** A sign-in on a free port. */
  const begin = async (nonce = randomToken()) => {
    const [port = 0] = await freePorts(1);
    const prepared = await signIns().prepare(signIns().method([port]), nonce);
    return { nonce, port, prepared, answers: answersOf(prepared) };
  };

  it('is named as in the setting, and has one redirect URI for each port, in order', () => {
    const method = signIns().method([31160, 17160]);
    assert.deepEqual([method.name, method.redirectUris()], ['localServer', [31160, 17160].map(uriOf)]);
  });

  it('reads the ports anew each time, and rejects where the setting is wrong', async () => {
    let ports: readonly number[] = [17160];
    const method = signIns().method([], { ports: () => ports });
    ports = await freePorts(1);
    assert.deepEqual(method.redirectUris(), ports.map(uriOf));
    assert.equal(portOf(await signIns().prepare(method, randomToken())), ports[0]);
    const failing = signIns().method([], {
      ports: () => {
        throw new Error('wrong setting');
      },
    });
    await assert.rejects(failing.prepare(randomToken()), { message: 'wrong setting' });
  });

  it('sends the nonce as state, and nothing that varies as redirect URI', async () => {
    const { nonce, port, prepared } = await begin();
    assert.deepEqual([prepared.state, prepared.redirectUri], [nonce, uriOf(port)]);
  });

  it('listens on 127.0.0.1 and on no other address', async () => {
    const { port } = await begin();
    for (const host of ['127.0.0.2', '::1']) {
      const socket = connect(port, host);
      await assert.rejects(once(socket, 'connect'), host);
    }
  });

  it('gives the code, and shows a page that leads back', async () => {
    const { nonce, port, prepared } = await begin();
    const { status, headers, body } = await send(port, callback(nonce));
    assert.deepEqual(await prepared.response, { code: CODE });
    assert.deepEqual([status, body], [200, GRANTED]);
    assert.equal(headers.connection, 'close');
    assert.equal(headers['content-security-policy'], PAGE_HEADERS['Content-Security-Policy']);
    assertHoldsNoSecret([signIns().log.lines, headers, body], [CODE, nonce]);
  });

  it('gives a denial, and shows its code alone', async () => {
    const { nonce, port, prepared } = await begin();
    const query = `error=access_denied&error_description=The+user+denied&state=${nonce}`;
    const { status, body } = await send(port, `/callback?${query}`);
    const denial = { error: 'access_denied', errorDescription: 'The user denied' };
    assert.deepEqual(await prepared.response, denial);
    assert.deepEqual([status, body], [200, answerPage(denial, WORDS, EDITOR_URI)]);
    assert.doesNotMatch(body, /The user denied/);
  });

  it('reads a code that is percent-encoded, among parameters that nobody asked for', async () => {
    const { nonce, port, prepared } = await begin();
    await send(port, `/callback?a=b%20c&code=a%2Fb%2Bc?&state=${nonce}&d`);
    assert.deepEqual(await prepared.response, { code: 'a/b+c?' });
  });

  it('shows no link where there is no address of the editor', async () => {
    const [port = 0] = await freePorts(1);
    const method = signIns().method([port], { editorUri: () => undefined });
    await signIns().prepare(method, randomToken());
    const { body } = await send(port, '/callback');
    assert.equal(body, answerPage(undefined, WORDS, undefined));
  });

  describe('what is not the awaited answer', () => {
    const cases: [string, (nonce: string) => string][] = [
      ['another state', () => callback(randomToken())],
      ['a part of the state', (nonce) => callback(nonce.slice(0, -1))],
      ['a longer state', (nonce) => callback(`${nonce}a`)],
      ['no state', () => `/callback?code=${CODE}`],
      ['the nonce where the state is missing', (nonce) => `/callback?code=${CODE}&nonce=${nonce}`],
      ['the nonce beside another state', (nonce) => `${callback('other')}&nonce=${nonce}`],
      ['the state beside another nonce', (nonce) => `${callback(nonce)}&nonce=other`],
      ['the state twice', (nonce) => `${callback(nonce)}&state=${nonce}`],
      ['the code twice', (nonce) => `${callback(nonce)}&code=${CODE}`],
      ['a code and an error', (nonce) => `${callback(nonce)}&error=access_denied`],
      ['neither', (nonce) => `/callback?state=${nonce}`],
      ['no query', () => '/callback'],
    ];
    for (const [name, path] of cases) {
      it(`(${name}) gets a page that says so, and the sign-in goes on waiting`, async () => {
        const { nonce, port, answers } = await begin();
        const { status, body } = await send(port, path(nonce));
        assert.deepEqual([status, body, answers], [400, NOT_EXPECTED, []]);
        assert.equal((await send(port, callback(nonce))).status, 200);
        assert.deepEqual(answers, [{ code: CODE }]);
      });
    }
  });

  describe('once the answer has come', () => {
    it('nobody listens any more', async () => {
      const { nonce, port } = await begin();
      await send(port, callback(nonce));
      await assert.rejects(send(port, callback(nonce)), { code: 'ECONNREFUSED' });
      assert.equal(portOf(await signIns().prepare(signIns().method([port]), randomToken())), port);
    });

    it('the same page comes again for the same callback, over a connection that is still open', async () => {
      const { nonce, port, prepared } = await begin();
      const [again, other] = [await RawConnection.open(port), await RawConnection.open(port)];
      await send(port, callback(nonce));
      again.socket.write(rawCallback(port, nonce));
      assert.equal(split(await again.ended).body, GRANTED);
      other.socket.write(rawCallback(port, nonce).replace(CODE, 'another'));
      assert.equal(split(await other.ended).body, NOT_EXPECTED);
      assert.deepEqual(await prepared.response, { code: CODE });
    });

    it('connections that are still open end in a few seconds, and no timer is left', async () => {
      const { nonce, port } = await begin();
      const idle = await RawConnection.open(port);
      await send(port, callback(nonce));
      assert.equal(await signIns().clock.timer(), 5000);
      await signIns().clock.advance(5000);
      assert.equal(await idle.ended, '');
      assert.deepEqual(signIns().clock.pending, []);
    });

    it('no timer is left where no connection is', async () => {
      const { nonce, port } = await begin();
      const idle = await RawConnection.open(port);
      await send(port, callback(nonce));
      await signIns().clock.timer();
      idle.socket.end();
      await idle.ended;
      await settle();
      assert.deepEqual(signIns().clock.pending, []);
    });

    describe('its page', () => {
      /** A page that no buffer of the system holds. */
      const LARGE = 'x'.repeat(16_000_000);
      const words = { ...WORDS, granted: { ...WORDS.granted, text: LARGE } };

      /** A sign-in that is disposed as soon as its answer is there, and a browser that has not read its page. */
      const complete = async () => {
        const [port = 0] = await freePorts(1);
        const nonce = randomToken();
        const prepared = await signIns().prepare(signIns().method([port], { pages: () => words }), nonce);
        const browser = await RawConnection.open(port);
        browser.socket.pause();
        browser.socket.write(rawCallback(port, nonce));
        await prepared.response;
        prepared.dispose();
        return { port, browser };
      };

      it('is delivered whole, though the sign-in ends at once', async () => {
        const { port, browser } = await complete();
        await assert.rejects(send(port, '/callback'), { code: 'ECONNREFUSED' });
        browser.socket.resume();
        assert.ok((await browser.ended).endsWith(`<p>${LARGE}</p>${GRANTED.split('</p>')[1] ?? ''}`));
        await settle();
        assert.deepEqual(signIns().clock.pending, []);
      });

      it('is cut after a few seconds where nobody reads it', async () => {
        const { browser } = await complete();
        assert.deepEqual(signIns().clock.pending, [5000]);
        await signIns().clock.advance(5000);
        browser.socket.resume();
        assert.ok((await browser.ended).length < LARGE.length);
        assert.deepEqual(signIns().clock.pending, []);
      });
    });
  });

  describe('dispose', () => {
    it('frees the port at once and ends every connection, whatever came over it', async () => {
      const { port, prepared } = await begin();
      const connections = [];
      for (const bytes of ['', 'GET /call', 'GET /callback HTTP/1.1\r\nHost: x\r\n', 'POST / HTTP/1.1\r\n']) {
        const connection = await RawConnection.open(port);
        connection.socket.write(bytes);
        connections.push(connection);
      }
      prepared.dispose();
      assert.equal(portOf(await signIns().prepare(signIns().method([port]), randomToken())), port);
      for (const { ended } of connections) assert.equal(await ended, '');
      assert.deepEqual(signIns().clock.pending, []);
    });

    it('is safe at any time, and more than once', async () => {
      const { nonce, port, prepared, answers } = await begin();
      prepared.dispose();
      prepared.dispose();
      assert.deepEqual(signIns().clock.pending, []);
      await assert.rejects(send(port, callback(nonce)), { code: 'ECONNREFUSED' });
      assert.deepEqual(answers, []);
      const completed = await begin();
      await send(completed.port, callback(completed.nonce));
      completed.prepared.dispose();
      completed.prepared.dispose();
      assert.deepEqual(completed.answers, [{ code: CODE }]);
    });

    it('of one sign-in leaves the other waiting', async () => {
      const [first, second] = [await begin(), await begin()];
      first.prepared.dispose();
      await send(second.port, callback(second.nonce));
      assert.deepEqual(second.answers, [{ code: CODE }]);
    });
  });

  describe('the port', () => {
    it('is the first of the setting that is free', async () => {
      const [first = 0, second = 0, third = 0] = await freePorts(3);
      await signIns().take(first, second);
      const prepared = await signIns().prepare(signIns().method([first, second, third]), randomToken());
      assert.equal(prepared.redirectUri, uriOf(third));
      assert.deepEqual(signIns().log.messages('warn'), []);
    });

    it('of a second sign-in is the next, and each gets its own answer', async () => {
      const method = signIns().method(await freePorts(2));
      const [one, other] = [randomToken(), randomToken()];
      const [first, second] = [await signIns().prepare(method, one), await signIns().prepare(method, other)];
      assert.deepEqual([first.redirectUri, second.redirectUri], method.redirectUris());
      assert.equal((await send(portOf(first), callback(other))).status, 400);
      await send(portOf(second), callback(other, 'second'));
      await send(portOf(first), callback(one, 'first'));
      assert.deepEqual(await Promise.all([first.response, second.response]), [
        { code: 'first' },
        { code: 'second' },
      ]);
    });

    for (const name of ['all are taken', 'there is none in the setting'] as const) {
      it(`P1: is never one that is not registered: where ${name} the sign-in ends, and says so`, async () => {
        const ports = name === 'all are taken' ? await freePorts(3) : [];
        await signIns().take(...ports);
        const preparing = signIns().method(ports).prepare(randomToken());
        await assert.rejects(preparing, new SignInError('no_port', { ports }));
        const reasons = ports.map((port) => `${port} (EADDRINUSE)`).join(', ');
        assert.deepEqual(signIns().log.messages('warn'), [
          `The local server cannot use any port of the setting localServerPorts: ${reasons}`,
        ]);
        assert.deepEqual(signIns().clock.pending, []);
      });
    }

    it('may be one that does not exist in a setting: the next is taken', async () => {
      const [port = 0] = await freePorts(1);
      const prepared = await signIns().prepare(signIns().method([70_000, -1, port]), randomToken());
      assert.equal(portOf(prepared), port);
    });

    describe('where the system refuses', () => {
      const listen = Reflect.get(Server.prototype, 'listen') as (...args: unknown[]) => Server;
      let refused: (port: number) => string | undefined = () => undefined;

      before(() => {
        Server.prototype.listen = function (this: Server, ...args: unknown[]) {
          const code = refused(Number(args[0]));
          if (code === undefined) return Reflect.apply(listen, this, args);
          process.nextTick(() => this.emit('error', Object.assign(new Error(code), { code })));
          return this;
        };
      });
      after(() => {
        Reflect.set(Server.prototype, 'listen', listen);
      });
      afterEach(() => {
        refused = () => undefined;
      });

      it('one port, is the next', async () => {
        const [first = 0, second = 0] = await freePorts(2);
        refused = (port) => (port === first ? 'EACCES' : undefined);
        const prepared = await signIns().prepare(signIns().method([first, second]), randomToken());
        assert.equal(portOf(prepared), second);
      });

      it('P1: all of those in the setting, is none, although the system would give another', async () => {
        const reserved = [17160, 24160, 31160];
        refused = (port) => (reserved.includes(port) ? 'EACCES' : undefined);
        const preparing = signIns().method(reserved).prepare(randomToken());
        await assert.rejects(preparing, new SignInError('no_port', { ports: reserved }));
        assert.match(
          signIns().log.messages('warn').join('\n'),
          /: 17160 \(EACCES\), 24160 \(EACCES\), 31160 \(EACCES\)$/,
        );
        assert.deepEqual(signIns().clock.pending, []);
      });
    });

    it('80 is not named in Host', () => {
      const read = (host: string) =>
        readRequest({
          method: 'GET',
          url: '/callback?a',
          headersDistinct: { host: [host] },
          socket: { localPort: 80 },
        });
      assert.deepEqual(read('127.0.0.1'), { query: 'a' });
      assert.ok('status' in read('127.0.0.1:80'));
    });
  });

  it('keeps no process alive, not even with a connection that is open', async () => {
    const program = join(__dirname, 'waitingProcess.ts');
    const child = spawn(process.execPath, ['--import=tsx', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 8000,
    });
    const [output, exit] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    assert.match(output, /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    assert.deepEqual(exit, [0, null]);
  });

  describe('in a sign-in', () => {
    const parameters = {
      authorizationEndpoint: 'https://account.box.com/api/oauth2/authorize',
      clientId: 'client1',
      scopes: [],
    };
    const windowThat = (
      openBrowser: AuthorizationWindow['openBrowser'],
      signal = new AbortController().signal,
    ) => ({
      signal,
      openBrowser,
      paste: () => new Promise<never>(() => undefined),
      answered: () => undefined,
      confirmAccount: () => Promise.resolve(true),
    });

    it('brings the code from the browser, and its page back to it', async () => {
      const [port = 0] = await freePorts(1);
      let page: Promise<string> | undefined;
      const window = windowThat((url) => {
        const state = new URL(url).searchParams.get('state') ?? '';
        page = send(port, callback(state)).then(({ body }) => body);
        return Promise.resolve(true);
      });
      const { clock, log } = signIns();
      const { code, redirectUri } = await authorize(signIns().method([port]), parameters, window, {
        clock,
        log,
      });
      assert.deepEqual([code, redirectUri], [CODE, uriOf(port)]);
      assert.equal(await page, GRANTED);
      assert.deepEqual(clock.pending, []);
    });

    it('that is cancelled, frees the port', async () => {
      const [port = 0] = await freePorts(1);
      const cancellation = new AbortController();
      const window = windowThat(() => {
        cancellation.abort(new SignInError('cancelled'));
        return Promise.resolve(true);
      }, cancellation.signal);
      const { clock, log } = signIns();
      const method = signIns().method([port]);
      await assert.rejects(
        authorize(method, parameters, window, { clock, log }),
        new SignInError('cancelled'),
      );
      assert.equal(portOf(await signIns().prepare(method, randomToken())), port);
      assert.match(await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 400 /);
    });
  });
});
