import assert from 'node:assert/strict';
import fc from 'fast-check';
import { randomToken } from '../../../../src/box/authorizationRequest';
import type { AuthorizationResponse } from '../../../../src/signIn/callback/callback';
import { CallbackRouter } from '../../../../src/signIn/callback/callbackRouter';
import { settle } from '../../support/fakeClock';
import { anyText, SAME_VALUES } from '../../support/property';
import { RecordingLog } from '../../support/recordingLog';

const PATH = '/callback';

describe('CallbackRouter', () => {
  let log: RecordingLog;
  let router: CallbackRouter;

  beforeEach(() => {
    log = new RecordingLog();
    router = new CallbackRouter(log);
  });

  /** Begins a wait, and notes its answer when it comes. */
  const waiting = async (nonce = randomToken()) => {
    const answers: AuthorizationResponse[] = [];
    const pending = await router.await(nonce);
    void pending.response.then((response) => answers.push(response));
    const dispose = (): void => {
      pending.dispose();
    };
    return { nonce, answers, response: pending.response, dispose };
  };

  it('hands a code to the sign-in whose nonce it carries, and to no other', async () => {
    const [first, second] = [await waiting(), await waiting()];
    assert.equal(router.handle(PATH, `code=second&nonce=${second.nonce}`), true);
    await settle();
    assert.deepEqual([first.answers, second.answers], [[], [{ code: 'second' }]]);
    assert.equal(router.handle(PATH, `code=first&nonce=${first.nonce}`), true);
    await settle();
    assert.deepEqual(first.answers, [{ code: 'first' }]);
  });

  it('hands over a denial', async () => {
    const { nonce, response } = await waiting();
    router.handle(PATH, `error=access_denied&state=${nonce}`);
    assert.deepEqual(await response, { error: 'access_denied' });
  });

  it('takes a nonce once', async () => {
    const { nonce, answers } = await waiting();
    assert.equal(router.handle(PATH, `code=one&nonce=${nonce}`), true);
    assert.equal(router.handle(PATH, `code=two&nonce=${nonce}`), false);
    await settle();
    assert.deepEqual(answers, [{ code: 'one' }]);
  });

  it('takes nothing for a sign-in that ended', async () => {
    const { nonce, answers, dispose } = await waiting();
    dispose();
    dispose();
    assert.equal(router.handle(PATH, `code=one&nonce=${nonce}`), false);
    await settle();
    assert.deepEqual(answers, []);
  });

  it('ending one sign-in leaves the other waiting', async () => {
    const [first, second] = [await waiting(), await waiting()];
    first.dispose();
    router.handle(PATH, `code=one&nonce=${second.nonce}`);
    assert.deepEqual(await second.response, { code: 'one' });
  });

  for (const path of ['', '/', '/callback/', '/Callback', '/callback2', '/other/callback']) {
    it(`ignores the path ${JSON.stringify(path)}`, async () => {
      const { nonce, answers } = await waiting();
      assert.equal(router.handle(path, `code=one&nonce=${nonce}`), false);
      await settle();
      assert.deepEqual(answers, []);
    });
  }

  for (const name of ['a prefix', 'a longer text', 'another case', 'another nonce'] as const) {
    it(`ignores ${name} of the nonce`, async () => {
      const { nonce, answers } = await waiting('Some-nonce-of-43-characters-1234567890abcdef');
      const foreign = {
        'a prefix': nonce.slice(0, -1),
        'a longer text': `${nonce}a`,
        'another case': nonce.toLowerCase(),
        'another nonce': randomToken(),
      }[name];
      assert.equal(router.handle(PATH, `code=one&nonce=${foreign}`), false);
      await settle();
      assert.deepEqual(answers, []);
    });
  }

  it('writes a line about what it ignores, with neither code nor nonce in it', async () => {
    const { nonce } = await waiting();
    router.handle(PATH, `code=the-code-of-Dana&nonce=the-nonce-of-Dana`);
    router.handle(PATH, `code=the-code-of-Dana&code=again&nonce=${nonce}`);
    router.handle('/other', `code=the-code-of-Dana&nonce=${nonce}`);
    await settle();
    assert.equal(log.lines.length, 3);
    const text = log.messages().join('\n');
    for (const secret of ['the-code-of-Dana', 'the-nonce-of-Dana', nonce]) assert.ok(!text.includes(secret));
    assert.deepEqual([log.messages('warn'), log.messages('error')], [[], []]);
  });

  it('whatever a web page sends, no sign-in ends before its own answer comes', async () => {
    const value = fc.oneof(
      anyText,
      fc.constantFrom(
        '[open](command:workbench.action.quit)',
        'https://evil.example/?code=1&nonce=2#x',
        '<script>alert(1)</script>',
        '**bold** `code`',
        'x'.repeat(10_000),
        '__proto__',
        'constructor',
      ),
    );
    const name = fc.constantFrom(
      'code',
      'nonce',
      'state',
      'error',
      'error_description',
      'toString',
      '__proto__',
    );
    const encoded = value.chain((text) => fc.constantFrom(text, encodeURIComponent(text)));
    const query = fc.oneof(
      anyText,
      fc
        .array(fc.tuple(name, encoded), { maxLength: 8 })
        .map((pairs) => pairs.map(([key, text]) => `${key}=${text}`).join('&')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(query, { maxLength: 5 }), async (hostile) => {
        const { nonce, answers } = await waiting();
        for (const text of hostile) assert.equal(router.handle(PATH, text), false);
        await Promise.resolve();
        assert.deepEqual(answers, []);
        assert.equal(router.handle(PATH, `code=real&nonce=${nonce}`), true);
        await Promise.resolve();
        assert.deepEqual(answers, [{ code: 'real' }]);
      }),
      { ...SAME_VALUES, numRuns: 200 },
    );
  });
});
