import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { OAuthError, UnreachableError } from '../../../../src/box/errors';
import { SignInError } from '../../../../src/signIn/errors';
import { SignInFallback, mayWorkOtherwise, nextMethod } from '../../../../src/ui/signIn/signInFallback';
import { ANSWER_LIMIT_MS, Questions } from '../../../../src/ui/signIn/questions';
import { FakeClock } from '../../support/fakeClock';
import { useEditor } from '../../support/standInEditor';

describe('mayWorkOtherwise', () => {
  const verdicts: readonly (readonly [error: unknown, what: string, verdict: boolean])[] = [
    [new SignInError('timed_out'), 'nothing that came back', true],
    [new SignInError('no_port'), 'no port to listen on', true],
    [new SignInError('cancelled'), 'a cancellation', false],
    [new SignInError('other_method', { method: 'pasteCode' }), 'another way that was chosen already', false],
    [new SignInError('other_account'), 'a pasted code of somebody else', false],
    [new OAuthError('invalid_grant'), 'a code that could not be used any more', true],
    [new OAuthError('redirect_uri_mismatch'), 'a redirect URI that is not registered', true],
    [new OAuthError('access_denied'), 'a denial', false],
    [new OAuthError('invalid_client'), 'a wrong client secret', false],
    [new UnreachableError('ECONNREFUSED', 'api.box.com'), 'no network', false],
    [new Error('timed_out'), 'an error of anybody else', false],
    [undefined, 'nothing', false],
  ];
  for (const [error, what, verdict] of verdicts) {
    it(`says ${verdict ? 'yes' : 'no'} to ${what}`, () => {
      assert.equal(mayWorkOtherwise(error), verdict);
    });
  }
});

describe('nextMethod', () => {
  const usable = ['localServer', 'uriScheme', 'pasteCode'] as const;

  it('is the next in order, and none after the last', () => {
    const error = new SignInError('timed_out');
    assert.equal(nextMethod(error, usable, 'localServer'), 'uriScheme');
    assert.equal(nextMethod(error, usable, 'pasteCode'), undefined);
  });

  it('P1: without a port is pasting, whose redirect URI is registered with the local server’s', () => {
    assert.equal(nextMethod(new SignInError('no_port'), usable, 'localServer'), 'pasteCode');
  });
});

describe('AnotherWay', () => {
  const editor = useEditor();
  const timedOut = new SignInError('timed_out');
  const late = new OAuthError('invalid_grant');
  let clock: FakeClock;
  let ways: SignInFallback;

  beforeEach(() => {
    clock = new FakeClock();
    ways = new SignInFallback(new Questions(clock));
  });

  describe('where another way is left', () => {
    const offer = (): Promise<unknown> =>
      ways.offer(timedOut, 'Example App', 'redirectPage', 'pasteCode', showUris);
    let goesOn: boolean;
    const showUris = (): Promise<boolean> => Promise.resolve(goesOn);

    it('says why the first did not work, and offers the other or the same again', async () => {
      void offer();
      const { in: where, text, choices } = await editor().last();
      assert.equal(where, 'error');
      assert.match(text, /^\S.+\. Try another method\?$/);
      assert.deepEqual(choices, ['Sign In by Pasting', 'Try Again', 'Show Redirect URIs']);
    });

    for (const again of [true, false]) {
      it(`shows the redirect URIs, and ${again ? 'tries again' : 'gives up'} when the person ${again ? 'goes on' : 'closes them'}`, async () => {
        goesOn = again;
        const offered = offer();
        (await editor().last()).answer('Show Redirect URIs');
        assert.equal(await offered, again ? 'redirectPage' : undefined);
      });
    }

    it('offers no redirect URIs where a code came too late', async () => {
      void ways.offer(late, 'Example App', 'redirectPage', 'pasteCode', showUris);
      assert.deepEqual((await editor().last()).choices, ['Sign In by Pasting', 'Try Again']);
    });

    for (const [choice, way] of [
      ['Sign In by Pasting', 'pasteCode'],
      ['Try Again', 'redirectPage'],
      [undefined, undefined],
    ] as const) {
      it(`takes ${way ?? 'none'} for ${choice ?? 'no answer'}`, async () => {
        const offered = offer();
        (await editor().last()).answer(choice);
        assert.equal(await offered, way);
      });
    }

    it('gives up after five minutes without an answer, and offers a new sign-in to one that comes later', async () => {
      const offered = offer();
      const question = await editor().last();
      await clock.advance(ANSWER_LIMIT_MS);
      assert.equal(await offered, undefined);
      assert.equal(editor().shown.length, 1);

      question.answer('Try Again');
      const told = await editor().last();
      assert.deepEqual([told.in, told.choices], ['information', ['Sign In']]);
      assert.match(told.text, /wasn’t answered for five minutes/);
      assert.deepEqual(await editor().commands(), []);
      told.answer('Sign In');
      assert.deepEqual(await editor().commands(), ['box-authentication.signIn']);
    });

    it('asks of two sign-ins one after the other, so that neither question closes the other', async () => {
      const first = offer();
      const second = offer();
      (await editor().last()).answer('Try Again');
      assert.equal(editor().shown.length, 1);
      assert.equal(await first, 'redirectPage');
      (await editor().last()).answer('Sign In by Pasting');
      assert.equal(editor().shown.length, 2);
      assert.equal(await second, 'pasteCode');
    });
  });

  describe('where none is left', () => {
    const retry = (way: 'pasteCode' | 'redirectPage' = 'pasteCode'): Promise<unknown> =>
      ways.offer(late, 'Example App', way, undefined, () => Promise.resolve(false));

    const row = async (): Promise<{ readonly label: string; readonly detail: string }> => {
      const { choices } = await editor().last();
      assert.equal(choices.length, 1);
      return choices[0] as { readonly label: string; readonly detail: string };
    };

    it('offers the same again with one key, and says why in the list', async () => {
      const offered = retry();
      const { in: where, text, answer } = await editor().last();
      assert.equal(where, 'quickPick');
      assert.match(text, /30 seconds/);
      const { label, detail } = await row();
      assert.match(label, /Reopen the Box Page/);
      assert.match(detail, /paste the new address within 30 seconds/);
      answer(await row());
      assert.equal(await offered, 'pasteCode');
    });

    it('speaks of pasting only where something is pasted', async () => {
      const offered = retry('redirectPage');
      assert.doesNotMatch((await row()).detail, /paste/);
      (await editor().last()).answer(await row());
      assert.equal(await offered, 'redirectPage');
    });

    it('gives up when the list is closed', async () => {
      const offered = retry();
      (await editor().last()).answer(undefined);
      assert.equal(await offered, undefined);
    });

    it('gives up after five minutes, closes the list, and says nothing more', async () => {
      const offered = retry();
      const list = await editor().last();
      assert.equal(list.isOpen, true);
      await clock.advance(ANSWER_LIMIT_MS);
      assert.equal(await offered, undefined);
      assert.equal(list.isOpen, false);
      assert.deepEqual(await editor().texts(), [list.text]);
    });
  });
});
