import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import type { AccountReference } from '../../../../src/sessions/store/sessionSelection';
import { SharedSignIn } from '../../../../src/ui/signIn/sharedSignIn';
import { SignInError } from '../../../../src/signIn/errors';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { settle } from '../../support/fakeClock';
import { SessionWindow, useMachine } from '../../support/sessionWindow';

const DANA: AccountReference = { id: SEED.userId, label: SEED.userLogin };
const SAM: AccountReference = { id: SEED.personalUserId, label: SEED.personalUserLogin };

/** A sign-in that the person at the window has not answered yet. */
interface Waiting {
  readonly scopes: readonly string[];
  readonly account: AccountReference | undefined;
  /** Grants access at Box; with other scopes than those that were asked for, where the settings name some. */
  readonly grant: (scopes?: readonly string[]) => void;
  readonly refuse: (error: Error) => void;
}

describe('SharedSignIn', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let waiting: Waiting[];
  let shared: SharedSignIn;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    waiting = [];
    shared = new SharedSignIn(
      (scopes, account) =>
        new Promise<LiveSession>((resolve, reject) => {
          const grant = (granted = scopes): void => {
            resolve(window.signIn({ scopes: granted }, account?.label));
          };
          waiting.push({ scopes, account, grant, refuse: reject });
        }),
    );
  });

  const codesExchanged = async (): Promise<number> => (await box.control.counters()).codesExchanged;
  const grantAll = (): void => {
    for (const { grant } of waiting) grant();
  };

  it('serves two that ask for the same at once by one sign-in', async () => {
    const asked = [shared.run(['root_readonly'], undefined), shared.run(['root_readonly'], undefined)];
    assert.equal(waiting.length, 1);
    grantAll();
    const [first, second] = await Promise.all(asked);
    assert.equal(first?.id, second?.id);
    assert.equal(await codesExchanged(), 1);
  });

  const joining: [string, readonly string[], readonly string[]][] = [
    ['the same in another order', ['root_readonly', 'manage_webhook'], ['manage_webhook', 'root_readonly']],
    ['fewer scopes', ['root_readonly', 'manage_webhook'], ['manage_webhook']],
    ['any session', ['root_readonly'], []],
    ['some scopes, while one for everything waits', [], ['root_readonly']],
  ];
  for (const [what, running, asked] of joining) {
    it(`lets one join that asks for ${what}`, async () => {
      const both = [shared.run(running, DANA), shared.run(asked, DANA)];
      assert.deepEqual(
        waiting.map(({ scopes }) => scopes),
        [running],
      );
      grantAll();
      const [first, second] = await Promise.all(both);
      assert.equal(first?.id, second?.id);
    });
  }

  const apart: [string, readonly string[], AccountReference | undefined][] = [
    ['more scopes', ['root_readonly', 'manage_webhook'], DANA],
    ['other scopes', ['manage_webhook'], DANA],
    ['another account', ['root_readonly'], SAM],
    ['any account', ['root_readonly'], undefined],
  ];
  for (const [what, scopes, account] of apart) {
    it(`begins another sign-in for ${what}`, async () => {
      const both = [shared.run(['root_readonly'], DANA), shared.run(scopes, account)];
      assert.deepEqual(
        waiting.map((each) => each.account),
        [DANA, account],
      );
      grantAll();
      await Promise.all(both);
      assert.equal(await codesExchanged(), 2);
    });
  }

  it('begins another sign-in for an account while one for any account waits', () => {
    void shared.run([], undefined);
    void shared.run([], DANA);
    assert.equal(waiting.length, 2);
  });

  it('goes on to a sign-in of its own where the one that it joined gave too little', async () => {
    const both = [shared.run([], undefined), shared.run(['manage_webhook'], undefined)];
    waiting[0]?.grant(['root_readonly']);
    assert.deepEqual((await both[0])?.scopes, ['root_readonly']);
    await settle();
    assert.deepEqual(
      waiting.map(({ scopes }) => scopes),
      [[], ['manage_webhook']],
    );
    waiting[1]?.grant();
    assert.deepEqual((await both[1])?.scopes, ['manage_webhook']);
  });

  it('shares that second sign-in too', async () => {
    const all = [[], ['manage_webhook'], ['manage_webhook']].map((scopes) => shared.run(scopes, undefined));
    waiting[0]?.grant(['root_readonly']);
    await all[0];
    await settle();
    assert.equal(waiting.length, 2);
    waiting[1]?.grant();
    const [, second, third] = await Promise.all(all);
    assert.equal(second?.id, third?.id);
  });

  it('tells both when the person refuses, and begins the next anew', async () => {
    const refusal = new SignInError('cancelled');
    const asked = [shared.run([], undefined), shared.run([], undefined)];
    waiting[0]?.refuse(refusal);
    for (const each of asked) await assert.rejects(each, refusal);
    assert.equal(waiting.length, 1);
    const next = shared.run([], undefined);
    assert.equal(waiting.length, 2);
    waiting[1]?.grant();
    assert.equal((await next).user.id, SEED.userId);
  });

  it('begins anew once a sign-in is over', async () => {
    const first = shared.run([], undefined);
    grantAll();
    await first;
    void shared.run([], undefined);
    assert.equal(waiting.length, 2);
  });
});

describe('BoxAuthenticationProvider.createSession', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
  });

  const codesExchanged = async (): Promise<number> => (await box.control.counters()).codesExchanged;

  it('serves two extensions that ask at once by one sign-in, each with the same session', async () => {
    const asked = [[], ['root_readonly'], []].map((scopes) => window.provider.createSession(scopes, {}));
    const given = await Promise.all(asked);
    assert.equal(new Set(given.map(({ id }) => id)).size, 1);
    assert.equal(new Set(given.map(({ accessToken }) => accessToken)).size, 1);
    assert.equal(await codesExchanged(), 1);
    assert.equal(window.changedIds().added.length, 1);
  });

  it('signs in again for the next request', async () => {
    await window.provider.createSession([], {});
    await window.provider.createSession([], {});
    assert.equal(await codesExchanged(), 2);
  });

  it('tells both that a sign-in failed, and begins the next anew', async () => {
    await box.control.fault({
      endpoint: 'token',
      kind: 'json',
      status: 400,
      body: { error: 'invalid_client' },
    });
    const asked = [window.provider.createSession([], {}), window.provider.createSession([], {})];
    for (const each of asked) await assert.rejects(each, { error: 'invalid_client' });
    const { account } = await window.provider.createSession([], {});
    assert.equal(account.id, SEED.userId);
  });
});
