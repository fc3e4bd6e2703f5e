import assert from 'node:assert/strict';
import { codeChallenge } from '../../../src/box/authorizationRequest';
import { OAuthError } from '../../../src/box/errors';
import {
  authorize,
  SIGN_IN_LIMIT_MS,
  type Authorization,
  type AuthorizationParameters,
  type PasteRequest,
  type UsableAnswer,
} from '../../../src/signIn/authorization';
import type { AuthorizationResponse } from '../../../src/signIn/callback/callback';
import { CallbackRouter } from '../../../src/signIn/callback/callbackRouter';
import { SignInError } from '../../../src/signIn/errors';
import { PasteCodeMethod } from '../../../src/signIn/methods/pasteCode';
import { RedirectPageMethod } from '../../../src/signIn/methods/redirectPage';
import type { SignInMethod } from '../../../src/signIn/signInMethod';
import { SEED, Visitor } from '../../emulator/src';
import { useEmulatedBox } from '../support/emulatedBox';
import { FakeClock, settle } from '../support/fakeClock';
import { RecordingLog } from '../support/recordingLog';

const REDIRECT_URI = 'https://vscode.dev/redirect';
const PARAMETERS: AuthorizationParameters = {
  authorizationEndpoint: 'https://account.box.com/api/oauth2/authorize',
  clientId: 'client1',
  scopes: [],
};

/** A sign-in method whose answers come from the test. */
class TestMethod implements SignInMethod {
  readonly name = 'redirectPage';
  readonly nonces: string[] = [];
  disposals = 0;
  answer: (response: AuthorizationResponse) => void = () => undefined;

  redirectUris(): string[] {
    return [REDIRECT_URI];
  }

  prepare(nonce: string) {
    this.nonces.push(nonce);
    const response = new Promise<AuthorizationResponse>((resolve) => {
      this.answer = resolve;
    });
    const dispose = (): void => {
      this.disposals += 1;
    };
    return Promise.resolve({ redirectUri: REDIRECT_URI, state: `state-${nonce}`, response, dispose });
  }
}

/** A window in which nobody does anything but cancel. */
class TestWindow {
  readonly opened: string[] = [];
  answers = 0;
  isAskedToPaste = false;
  pasteSignal: AbortSignal | undefined;
  pasteText: (text: string) => void = () => undefined;
  private readonly aborter = new AbortController();
  readonly signal = this.aborter.signal;

  constructor(private readonly opening: (url: string) => Promise<boolean> = () => Promise.resolve(true)) {}

  openBrowser(url: string): Promise<boolean> {
    this.opened.push(url);
    return this.opening(url);
  }

  answered(): void {
    this.answers += 1;
  }

  paste({ read, isAskedFor, signal }: PasteRequest): Promise<UsableAnswer> {
    this.isAskedToPaste = isAskedFor;
    this.pasteSignal = signal;
    return new Promise((resolve) => {
      this.pasteText = (text) => {
        const answer = read(text);
        if (answer.kind !== 'unusable') resolve(answer);
      };
    });
  }

  confirmAccount(): Promise<boolean> {
    return Promise.resolve(true);
  }

  cancel(): void {
    this.aborter.abort(new SignInError('cancelled'));
  }
}

describe('authorize', () => {
  let clock: FakeClock;
  let log: RecordingLog;
  let method: TestMethod;
  let window: TestWindow;

  beforeEach(() => {
    clock = new FakeClock();
    log = new RecordingLog();
    method = new TestMethod();
    window = new TestWindow();
  });

  const begin = (parameters: Partial<AuthorizationParameters> = {}): Promise<Authorization> =>
    authorize(method, { ...PARAMETERS, ...parameters }, window, { clock, log });
  const openedParameters = (index = 0): Record<string, string> =>
    Object.fromEntries(new URL(window.opened[index] ?? '').searchParams);

  /** Asserts that everything was released, in whichever way a sign-in ended. */
  const assertReleased = (): void => {
    assert.ok(method.disposals > 0, 'disposed');
    assert.deepEqual(clock.pending, []);
  };

  it('opens Box’s page with what was asked for', async () => {
    void begin({ scopes: ['root_readonly', 'ai.readwrite'], login: SEED.userLogin }).catch(() => undefined);
    await settle();
    assert.equal(window.opened.length, 1);
    assert.ok(window.opened[0]?.startsWith(`${PARAMETERS.authorizationEndpoint}?`));
    const { code_challenge, ...rest } = openedParameters();
    assert.match(code_challenge ?? '', /^[\w-]{43}$/);
    assert.deepEqual(rest, {
      response_type: 'code',
      client_id: 'client1',
      redirect_uri: REDIRECT_URI,
      state: `state-${method.nonces[0] ?? ''}`,
      code_challenge_method: 'S256',
      scope: 'root_readonly ai.readwrite',
      box_login: SEED.userLogin,
    });
  });

  it('gives the code with the redirect URI, the code verifier, and the time when it came', async () => {
    const authorizing = begin();
    await clock.advance(20_000);
    method.answer({ code: 'abc' });
    const { code, redirectUri, codeVerifier, receivedAt } = await authorizing;
    assert.deepEqual([code, redirectUri, receivedAt], ['abc', REDIRECT_URI, clock.now()]);
    assert.equal(codeChallenge(codeVerifier), openedParameters()['code_challenge']);
    assert.equal(window.answers, 1);
    assertReleased();
  });

  it('shows the code verifier to nobody', async () => {
    const authorizing = begin();
    await settle();
    method.answer({ code: 'abc' });
    const { codeVerifier } = await authorizing;
    assert.ok(!JSON.stringify([window.opened, method.nonces, log.lines]).includes(codeVerifier));
  });

  it('uses a new nonce and a new code verifier each time', async () => {
    for (let time = 0; time < 20; time++) {
      const authorizing = begin();
      await settle();
      method.answer({ code: 'abc' });
      await authorizing;
    }
    assert.equal(new Set(method.nonces).size, 20);
    assert.ok(method.nonces.every((nonce) => /^[\w-]{43}$/.test(nonce)));
    const challenges = method.nonces.map((_, index) => openedParameters(index)['code_challenge']);
    assert.equal(new Set(challenges).size, 20);
    assert.equal(method.disposals, 20);
  });

  it('throws what Box answers when it refuses', async () => {
    const authorizing = begin();
    await settle();
    method.answer({ error: 'access_denied', errorDescription: 'The user denied access' });
    await assert.rejects(authorizing, new OAuthError('access_denied', 'The user denied access'));
    assert.equal(window.answers, 1);
    assertReleased();
  });

  it('waits for five minutes, and no longer', async () => {
    let ended = false;
    const authorizing = begin().finally(() => {
      ended = true;
    });
    const rejected = assert.rejects(authorizing, new SignInError('timed_out'));
    assert.equal(SIGN_IN_LIMIT_MS, 5 * 60 * 1000);
    await clock.advance(SIGN_IN_LIMIT_MS - 1);
    assert.equal(ended, false);
    await clock.advance(1);
    await rejected;
    assert.equal(window.answers, 0);
    assertReleased();
  });

  it('takes an answer that comes in the last moment', async () => {
    const authorizing = begin();
    await clock.advance(SIGN_IN_LIMIT_MS - 1);
    method.answer({ code: 'abc' });
    assert.equal((await authorizing).code, 'abc');
  });

  it('opens nothing when it was cancelled before', async () => {
    window.cancel();
    await assert.rejects(begin(), new SignInError('cancelled'));
    assert.deepEqual([window.opened, window.answers], [[], 0]);
    assertReleased();
  });

  it('ends at once when it is cancelled while it waits', async () => {
    const authorizing = begin();
    const rejected = assert.rejects(authorizing, new SignInError('cancelled'));
    await settle();
    window.cancel();
    await rejected;
    assertReleased();
  });

  it('ends at once when it is cancelled while the editor asks whether to open the browser', async () => {
    window = new TestWindow(() => new Promise(() => undefined));
    const rejected = assert.rejects(begin(), new SignInError('cancelled'));
    await settle();
    window.cancel();
    await rejected;
    assertReleased();
  });

  it('goes on waiting when the browser was not opened, since the link can be copied', async () => {
    window = new TestWindow(() => Promise.resolve(false));
    const authorizing = begin();
    await clock.advance(60_000);
    assert.equal(log.messages('warn').length, 1);
    method.answer({ code: 'abc' });
    assert.equal((await authorizing).code, 'abc');
    assertReleased();
  });

  it('takes an answer that comes before the editor says that it opened the browser', async () => {
    window = new TestWindow(() => new Promise(() => undefined));
    const authorizing = begin();
    await settle();
    method.answer({ code: 'abc' });
    assert.equal((await authorizing).code, 'abc');
    assertReleased();
  });

  it('fails with the editor when it cannot open a browser at all', async () => {
    window = new TestWindow(() => Promise.reject(new Error('no opener')));
    await assert.rejects(begin(), { message: 'no opener' });
    assertReleased();
  });

  it('ends at once when it is cancelled while the method gets ready, and opens nothing', async () => {
    method.prepare = () => new Promise(() => undefined);
    const rejected = assert.rejects(begin(), new SignInError('cancelled'));
    await settle();
    window.cancel();
    await rejected;
    assert.deepEqual([window.opened, clock.pending], [[], []]);
  });

  it('fails with the method when that cannot get ready, and opens nothing', async () => {
    method.prepare = () => Promise.reject(new Error('no port'));
    await assert.rejects(begin(), { message: 'no port' });
    assert.deepEqual([window.opened, clock.pending], [[], []]);
  });

  describe('by pasting', () => {
    const NONCE_OF = (): string => method.nonces[0] ?? '';

    it('takes a pasted address whatever the method, and says that it carried the nonce', async () => {
      const authorizing = begin();
      await settle();
      assert.equal(window.isAskedToPaste, false);
      window.pasteText(`http://127.0.0.1:17160/callback?code=pasted-code&state=${NONCE_OF()}`);
      const { code, isBare } = await authorizing;
      assert.deepEqual([code, isBare], ['pasted-code', false]);
      assertReleased();
    });

    it('says of a bare code that its account must be confirmed', async () => {
      const authorizing = begin();
      await settle();
      window.pasteText('bare-code-without-anything');
      const { code, isBare } = await authorizing;
      assert.deepEqual([code, isBare], ['bare-code-without-anything', true]);
    });

    it('goes on waiting when the address of another sign-in is pasted', async () => {
      const authorizing = begin();
      await settle();
      window.pasteText(`http://127.0.0.1:17160/callback?code=foreign-code&state=${'x'.repeat(43)}`);
      await settle();
      method.answer({ code: 'own-code' });
      assert.equal((await authorizing).code, 'own-code');
    });

    it('ends the question when the answer comes by itself', async () => {
      const authorizing = begin();
      await settle();
      method.answer({ code: 'abc' });
      await authorizing;
      assert.equal(window.pasteSignal?.aborted, true);
    });

    it('asks at once where nothing else can bring the answer', async () => {
      const paste = new PasteCodeMethod({ ports: () => [50_000, 50_001] });
      const authorizing = authorize(paste, PARAMETERS, window, { clock, log });
      await settle();
      assert.equal(window.isAskedToPaste, true);
      const { redirect_uri, state = '' } = openedParameters();
      assert.equal(redirect_uri, 'http://127.0.0.1:50000/callback');
      window.pasteText(`${redirect_uri}?error=access_denied&state=${state}`);
      await assert.rejects(authorizing, { code: 'oauth_error', error: 'access_denied' });
      assert.deepEqual(clock.pending, []);
    });
  });

  it('keeps the address, the nonce and the code out of the log', async () => {
    window = new TestWindow(() => Promise.resolve(false));
    const authorizing = begin();
    await settle();
    method.answer({ code: 'the-code-of-Dana' });
    const { codeVerifier } = await authorizing;
    const text = JSON.stringify(log.lines);
    const secrets = ['the-code-of-Dana', codeVerifier, method.nonces[0] ?? 'nonce', 'account.box.com'];
    for (const secret of secrets) assert.ok(!text.includes(secret), secret);
  });

  describe('over a redirect page', () => {
    const box = useEmulatedBox();
    const editor = 'vscode://vscode-box.box-authentication/callback';

    /** A browser that signs in at the emulator, and what the editor gets of it: the callback URI’s query. */
    const browse = async (url: string, decision: 'grant' | 'deny'): Promise<string> => {
      const visitor = new Visitor();
      const page = await visitor.open(await visitor.authorize(url, SEED.userLogin, decision));
      const link = /href="(vscode:[^"]+)"/.exec(page.body)?.[1] ?? '';
      return link.replaceAll('&amp;', '&');
    };

    const signIn = async (decision: 'grant' | 'deny'): Promise<Authorization> => {
      const router = new CallbackRouter(log);
      const redirectPage = new RedirectPageMethod({
        router,
        redirectPage: () => `${box.origin}/redirect`,
        externalCallbackUri: (query) => Promise.resolve(`${editor}?${query}`),
      });
      window = new TestWindow(async (url) => {
        const callback = await browse(url, decision);
        assert.ok(callback.startsWith(`${editor}?`), callback);
        assert.equal(router.handle('/callback', callback.slice(editor.length + 1)), true);
        return true;
      });
      const parameters = { authorizationEndpoint: box.endpoints.authorization, clientId: SEED.clientId };
      return authorize(redirectPage, { ...parameters, scopes: [] }, window, { clock, log });
    };

    for (const redirectPageForwardsState of [false, true]) {
      it(`gives a code that can be exchanged, ${redirectPageForwardsState ? 'with' : 'without'} the state back`, async () => {
        await box.control.set({
          redirectPageForwardsState,
          pkce: 'required',
          redirectUriAtToken: 'required',
        });
        const { receivedAt, ...grant } = await signIn('grant');
        const pair = await box.client(clock).exchangeCode(box.identity(), grant, receivedAt);
        assert.equal((await box.control.tokenInfo(pair.accessToken)).userId, SEED.userId);
      });
    }

    it('throws the denial', async () => {
      await assert.rejects(signIn('deny'), (error: unknown) => {
        assert.ok(error instanceof OAuthError);
        return error.error === 'access_denied' && error.status === undefined;
      });
    });
  });
});
