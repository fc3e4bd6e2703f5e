import assert from 'node:assert/strict';
import type { Counters, RecordedRequest, Switches } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import type { SecretsMode } from '../../vscode/profile';
import { isSoak } from '../soak';
import { Crowd, type Member } from './crowd';
import type { Scene } from './scene';
import { shareSignedIn } from './sharedScene';

/** Races are between two; more of them only find one sooner. */
const windows = isSoak() ? 4 : 2;
const tokenLifeS = 5;
/** A token of five seconds is refreshed when a tenth of its life is left; a tenth of a second is for the way to Box. */
const soonestMs = tokenLifeS * 900 - 100;

/** How long the windows live so, in seconds; each kind of step is taken once at least. */
const seconds = isSoak() ? 60 : 10;
const timeoutMs = (seconds + 180) * 1000;

/** How many refreshes windows have logged that Box does not count, because they were before its last reset. */
let loggedBefore = 0;

/** What happens to a window. */
type Step = (crowd: Crowd, member: Member, scene: Scene) => Promise<void>;

/** The windows of the last test, while they can be used again. */
let last: { secrets: SecretsMode; scene: Scene; crowd: Crowd } | undefined;

describe('Windows with five-second tokens', () => {
  const shared = {
    browser: shareSignedIn({ secrets: 'browser', windows }),
    desktop: shareSignedIn({ secrets: 'desktop', windows }),
  };

  /** Has tokens live shortly from now on. Gives the windows, and what Box had counted before. */
  const begin = async (
    secrets: SecretsMode,
    rotation: Switches['rotation'],
  ): Promise<{ scene: Scene; crowd: Crowd; begun: Counters }> => {
    if (last?.scene.isOpen !== true || last.secrets !== secrets) {
      const scene = await shared[secrets].takeOver();
      last = { secrets, scene, crowd: await Crowd.gather(scene) };
    }
    const { scene, crowd } = last;
    const begun = await scene.box.counters();
    loggedBefore = (await timesKept(scene)) - (await timesGiven(scene));
    await scene.box.set({ rotation, accessTtl: tokenLifeS });
    await crowd.members[0]?.workbench.runCommand('Box: Refresh Access Token');
    await eventually('the first short token', async () => {
      return (await scene.box.counters()).refreshes > begun.refreshes;
    });
    return { scene, crowd, begun };
  };

  afterEach(function () {
    if (this.currentTest?.state === 'failed') last = undefined;
  });

  for (const secrets of ['browser', 'desktop'] satisfies SecretsMode[]) {
    it(`refresh once an expiry where Box is strict, loaded again and closed between refreshes (${secrets}, ${seconds} s)`, async function () {
      this.timeout(timeoutMs);
      const { scene, crowd, begun } = await begin(secrets, 'strict');

      const asked = await live(scene, crowd, [
        refresh,
        betweenRefreshes('reload'),
        betweenRefreshes('replace'),
      ]);

      await expectOneToken(scene, crowd);
      const { refreshReuse, refreshRepeats } = await scene.box.counters();
      assert.deepEqual(
        { refreshReuse, refreshRepeats },
        { refreshReuse: begun.refreshReuse, refreshRepeats: begun.refreshRepeats },
      );
      await expectNoneTooSoon(scene, { asked, before: begun.refreshRequests });
    });
  }

  it(`lose nothing where Box repeats its answer, loaded again, closed and killed at any moment (desktop, ${seconds} s)`, async function () {
    this.timeout(timeoutMs);
    const { scene, crowd, begun } = await begin('desktop', 'confirm-on-use');

    await live(scene, crowd, [refresh, at('reload'), at('replace'), at('kill')]);

    await expectOneToken(scene, crowd);
    assert.equal((await scene.box.counters()).refreshReuse, begun.refreshReuse);
  });
});

/** Lets some time pass in which the windows ask all the time, and get a token. Gives how often a refresh was asked for. */
async function live(scene: Scene, crowd: Crowd, steps: readonly Step[]): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let asked = 1;
  await crowd.ask();
  for (let count = 0; count < steps.length || performance.now() < end; count += 1) {
    const step = steps[count % steps.length] ?? refresh;
    const member = crowd.members[Math.floor(Math.random() * crowd.members.length)];
    if (member) await step(crowd, member, scene);
    if (step === refresh) asked += 1;
  }
  await crowd.pause();
  await expectTokens(scene);
  return asked;
}

/** Whoever asked got a token, but for those whose window ended meanwhile. */
async function expectTokens({ bed }: Scene): Promise<void> {
  const records = await bed.consumerRecords();
  const messages = records.map((record) => (record.event === 'mixed' ? record.message : undefined));
  assert.deepEqual([...new Set(messages.filter((text) => text !== undefined && text !== 'Canceled'))], []);
}

async function refresh(_crowd: Crowd, { workbench }: Member): Promise<void> {
  await workbench.runCommand('Box: Refresh Access Token');
}

function at(step: 'reload' | 'replace' | 'kill'): Step {
  return (crowd, member) => crowd[step](member);
}

/** Does something to a window soon after a refresh, while nobody asks: where Box is strict, a lost answer is lost. */
function betweenRefreshes(step: 'reload' | 'replace'): Step {
  return async (crowd, member, scene) => {
    await eventually('a moment without a refresh', async () => {
      await crowd.ask();
      await eventually('a refresh', async () => (await ageOfToken(scene)) < 500);
      // A page that goes with the only copy of the newest pair leaves the others without it until it is back.
      await eventually('every window to have the new token', () => crowd.hasOneToken());
      await crowd.pause();
      return (await isKept(scene)) && (await ageOfToken(scene)) < 2500;
    });
    const done = crowd[step](member);
    await crowd.ask();
    await done;
  };
}

/** Whether whoever got the newest token has stored it. */
async function isKept(scene: Scene): Promise<boolean> {
  return (await timesKept(scene)) - loggedBefore >= (await timesGiven(scene));
}

/** How many new pairs windows have stored. */
function timesKept({ bed }: Scene): Promise<number> {
  return bed.timesLogged(/Refreshed the access token/g);
}

/** How many new pairs Box has given. */
async function timesGiven(scene: Scene): Promise<number> {
  return (await refreshes(scene)).filter(({ status }) => status === 200).length;
}

/** Since when there has been the newest token, in ms. */
async function ageOfToken(scene: Scene): Promise<number> {
  const last = (await refreshes(scene)).at(-1);
  return last === undefined || last.status === 'pending' ? Infinity : Date.now() - last.time;
}

async function refreshes({ box }: Scene): Promise<readonly RecordedRequest[]> {
  return box.requests({ endpoint: 'token', grantType: 'refresh_token' });
}

/**
 * Every refresh but those that were asked for came when the token before it was about to end.
 * @param asked how many were asked for.
 * @param before how many there had been before tokens lived shortly.
 */
async function expectNoneTooSoon(
  scene: Scene,
  { asked, before }: { asked: number; before: number },
): Promise<void> {
  const times = (await refreshes(scene)).slice(before).map(({ time }) => time);
  const soon = times.filter((time, index) => time - (times[index - 1] ?? -Infinity) < soonestMs);
  assert.ok(soon.length <= asked, `${soon.length} early refreshes, ${asked} asked for, of ${times.length}`);
  assert.ok(times.length > 3, `only ${times.length} refreshes: nothing was tried`);
}

/** When short tokens are over, every window gets the same living token. */
async function expectOneToken(scene: Scene, crowd: Crowd): Promise<void> {
  await scene.box.set({ accessTtl: 3600 });
  await eventually('the last short token to end', async () => (await ageOfToken(scene)) > tokenLifeS * 1000);
  const tokens = await crowd.tokens();
  const [token = ''] = tokens;
  assert.deepEqual(
    tokens,
    Array.from({ length: windows }, () => token),
  );
  assert.equal((await scene.box.tokenInfo(token)).live, true);
}
