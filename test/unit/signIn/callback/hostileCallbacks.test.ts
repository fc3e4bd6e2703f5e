import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { OAuthError } from '../../../../src/box/errors';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { CallbackHandover } from '../../../../src/signIn/callback/callbackHandover';
import { CallbackRouter, type HandedOver } from '../../../../src/signIn/callback/callbackRouter';
import { RedirectPageMethod } from '../../../../src/signIn/methods/redirectPage';
import { CallbackClaims } from '../../../../src/signIn/callback/callbackClaims';
import { messageFor } from '../../../../src/ui/messages/messages';
import { SEED, Visitor } from '../../../emulator/src';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SAME_VALUES } from '../../support/property';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { hostileCallback, hostileText, withNonce, type HostileCallback } from './hostileCallbackUris';

const CALLBACK = 'vscode://vscode-box.box-authentication/callback';
const PATH = '/callback';

const ACCESS_TOKEN = '1!aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3hI5jK7';
const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
const SECRETS = [ACCESS_TOKEN, CODE, `${CODE}${CODE}`];

describe('CallbackRouter, whatever others send while a sign-in waits', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let router: CallbackRouter;
  let handedOver: HandedOver[];

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    router = routerOf(window);
    handedOver = [];
    router.onDidHandOver((event) => handedOver.push(event));
  });

  /** A window's router as the extension has it, with the way to other windows. */
  const routerOf = ({ log, clock, storage }: SessionWindow): CallbackRouter => {
    const { secrets } = storage;
    const claims = new CallbackClaims(join(machine().folder, 'waiting'), log);
    return new CallbackRouter(log, new CallbackHandover({ claims, secrets, clock, log }));
  };

  /** Signs in, over a browser that does what it is told with Box's page and the nonce of the sign-in. */
  const signIn = (browse: (url: string, nonce: string) => void | Promise<void>): Promise<LiveSession> => {
    const method = new RedirectPageMethod({
      router,
      redirectPage: () => `${box.origin}/redirect`,
      externalCallbackUri: (query) => Promise.resolve(`${CALLBACK}?${query}`),
    });
    const openBrowser = async (url: string): Promise<boolean> => {
      const state = new URL(url).searchParams.get('state') ?? '';
      await browse(url, new URL(decodeURIComponent(state)).searchParams.get('nonce') ?? '');
      return true;
    };
    return window.userSignIn.run(window.request({ method }), {
      ...window.person(SEED.userLogin),
      openBrowser,
    });
  };

  /** The person grants access, and the redirect page sends the browser to the editor. */
  const grant = async (url: string, nonce: string): Promise<void> => {
    const landed = new URL(await new Visitor().authorize(url, SEED.userLogin));
    const code = landed.searchParams.get('code') ?? '';
    assert.equal(router.handle(PATH, `nonce=${nonce}&code=${code}`), true);
  };

  /** Waits until the log has so many lines. */
  const linesInLog = async (count: number): Promise<void> => {
    while (window.log.lines.length < count) await new Promise((resolve) => setImmediate(resolve));
  };

  const assertCompleted = async ({ id, pair }: LiveSession): Promise<void> => {
    const info = await box.control.tokenInfo(pair.accessToken);
    assert.deepEqual([info.userId, info.live], [SEED.userId, true]);
    assert.deepEqual(
      (await window.store.all()).map((session) => session.id),
      [id],
    );
    assert.deepEqual(window.changedIds(), { added: [id], removed: [], changed: [] });
    const exchanges = await box.control.requests({ endpoint: 'token' });
    assert.deepEqual(
      exchanges.map(({ grantType }) => grantType),
      ['authorization_code'],
    );
    assertHoldsNoSecret(window.log.lines, await box.control.issuedSecrets());
  };

  /** Everything that is kept: of the machine's files the names, of its secrets all. */
  const kept = () => ({
    files: readdirSync(machine().folder, { recursive: true }).sort(),
    secrets: [...machine().secrets.values],
  });

  it('thousands of callback URIs neither end it nor leave a trace', async function () {
    this.timeout(60_000);
    const sent: HostileCallback[] = [];
    const writes: string[] = [];
    const session = await signIn(async (url, nonce) => {
      const [before, lines] = [kept(), window.log.lines.length];
      machine().secrets.intercept = (operation, key) => {
        if (operation === 'store' || operation === 'delete') writes.push(key);
      };
      fc.assert(
        fc.property(hostileCallback, ({ path, query }) => {
          const callback = { path: withNonce(path, nonce), query: withNonce(query, nonce) };
          sent.push(callback);
          assert.equal(router.handle(callback.path, callback.query), false);
        }),
        { ...SAME_VALUES, numRuns: 5000 },
      );
      await linesInLog(lines + sent.length);
      assert.deepEqual(kept(), before);
      assert.deepEqual([writes, handedOver, await window.store.all()], [[], [], []]);
      assert.deepEqual(await box.control.requests(), []);
      assertQuiet(lines, sent, nonce);
      machine().secrets.intercept = () => undefined;
      await grant(url, nonce);
    });
    await assertCompleted(session);
  });

  /** Asserts that each callback has caused one quiet line, in which nothing of it stands. */
  const assertQuiet = (from: number, sent: readonly HostileCallback[], nonce: string): void => {
    const lines = window.log.lines.slice(from);
    assert.equal(lines.length, sent.length);
    assert.deepEqual([...new Set(lines.map(({ level }) => level))], ['info']);
    const messages = [...new Set(lines.map(({ message }) => message))];
    assert.ok(messages.length <= 2, messages.join('\n'));
    const values = sent.flatMap(({ query }) => query.split(/[&=]/)).filter((value) => value.length > 7);
    assert.ok(values.length > 5000, `${values.length} values to look for`);
    for (const value of [nonce, ...values]) {
      assert.ok(!messages.some((message) => message.includes(value)), value);
      assert.ok(!messages.some((message) => message.includes(decoded(value))), decoded(value));
    }
  };

  it('one that another window awaits goes there, and this one waits on', async () => {
    const { clock } = machine();
    const other = routerOf(new SessionWindow(box, machine()));
    const { response } = await other.await('the-nonce-of-another-window');
    const session = await signIn(async (url, nonce) => {
      assert.equal(router.handle(PATH, `nonce=the-nonce-of-another-window&code=${CODE}`), false);
      await clock.timer((ms) => ms === 300);
      await clock.advance(300);
      assert.deepEqual(await response, { code: CODE });
      assert.deepEqual(await box.control.requests(), []);
      await grant(url, nonce);
    });
    await assertCompleted(session);
  });

  describe('a denial with the nonce', () => {
    const piece = fc.oneof(
      hostileText,
      fc.constantFrom(...SECRETS),
      fc.constantFrom(
        '[',
        ']',
        '(',
        ')',
        '](',
        '[x](command:box-authentication.signOut)',
        '\n',
        '\u202E',
        '.',
      ),
      fc.constantFrom('refresh_token=', 'Bearer ', '{0}', '{1}', '$(zap)', ' '),
    );
    const description = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(''));
    const printable = description.map((text) => text.replaceAll(/[^\x20-\x7e]/g, ' '));
    const errorCode = fc.oneof(
      fc.constantFrom('access_denied', 'invalid_request', 'server_error', 'unauthorized_device'),
      fc.constantFrom('a_code_of_the_future', 'constructor', '[x](command:y)', CODE, `x (${ACCESS_TOKEN})`),
      printable.map((text) => text.slice(0, 1000)).filter((text) => text.trim() !== ''),
    );

    const assertHarmless = (error: OAuthError): void => {
      assert.equal(error.status, undefined);
      assertHoldsNoSecret(error, SECRETS);
      const { text, actions } = messageFor(error, SEED.appName);
      assert.doesNotMatch(text, /[[\]()]/, 'no link');
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u, 'no control character');
      assert.doesNotMatch(text, /[\w!~+/=-]{28,}/, 'no token');
      assert.ok(text.length < 1000, `${text.length} characters`);
      assert.ok(actions.length > 0, 'something to do');
    };

    /** Ends a sign-in with an answer of Box. Gives the error. */
    const deny = async (query: string): Promise<OAuthError> => {
      const ended = await signIn((_url, nonce) => {
        assert.equal(router.handle(PATH, `${query}&nonce=${nonce}`), true);
      }).catch((error: unknown) => error);
      assert.ok(ended instanceof OAuthError, String(ended));
      return ended;
    };
    const queryOf = (code: string, text: string): string =>
      `error=${encodeURIComponent(code)}&error_description=${encodeURIComponent(text)}`;

    it('ends the sign-in with a message that is harmless, whatever Box’s words are', async () => {
      let described = 0;
      const words = fc.oneof(description, printable);
      await fc.assert(
        fc.asyncProperty(errorCode, words, async (code, text) => {
          const query = queryOf(code, text);
          fc.pre(query.length < 8000);
          const error = await deny(query);
          if (error.description !== undefined) described += 1;
          assertHarmless(error);
        }),
        { ...SAME_VALUES, numRuns: 300 },
      );
      assert.ok(described > 50, `${described} of them had a description that can be shown`);
      assert.deepEqual(await box.control.requests(), []);
      assert.deepEqual([await window.store.all(), window.changedIds().added], [[], []]);
      assertHoldsNoSecret(window.log.lines, SECRETS);
    });

    it('shows some of Box’s words where they can be shown', async () => {
      const error = await deny(queryOf('a_code_of_the_future', 'Ask [Dana](command:x) (Rivera).'));
      assertHarmless(error);
      assert.match(messageFor(error).text, /a_code_of_the_future.*Ask 'Dana''command:x' 'Rivera'/);
    });

    it('ends the sign-in too when Box’s words are long, and cuts them or leaves them out', async () => {
      const long = `${CODE} [x](command:y) words `.repeat(200);
      for (const [length, isShown] of [
        [2000, true],
        [2100, false],
        [4000, false],
      ] as const) {
        const error = await deny(queryOf('a_code_of_the_future', long.slice(0, length)));
        assertHarmless(error);
        assert.equal(error.description !== undefined, isShown);
      }
    });

    it('is no answer when it is longer than any answer of Box: the sign-in waits on', async () => {
      const session = await signIn(async (url, nonce) => {
        const huge = queryOf('access_denied', '[x](command:y) '.repeat(700));
        assert.equal(router.handle(PATH, `${huge}&nonce=${nonce}`), false);
        await grant(url, nonce);
      });
      await assertCompleted(session);
    });
  });
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
