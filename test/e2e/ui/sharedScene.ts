import { SEED } from '../../emulator/src';
import type { SecretsMode } from '../../vscode/profile';
import type { Settings } from '../../vscode/settings';
import { Scene } from './scene';
import type { SeededLogin } from './seed';

/** What a suite wants of the windows that it shares with others. */
export interface SharedOptions {
  /** Gives settings over the usual ones. */
  readonly settings?: () => Settings;
  /** `browser` unless told. */
  readonly secrets?: SecretsMode;
  /** How many windows there are; one unless told. */
  readonly windows?: number;
}

/** The same, where somebody is signed in. */
export interface SharedSignedInOptions extends SharedOptions {
  /** Who is signed in, the last one last; the seeded enterprise user unless told. */
  readonly logins?: readonly SeededLogin[];
}

/**
 * Windows that tests use one after the other, of one suite and then of the next. The first that needs them opens them,
 * and they are tidied up before each further one. After a test that failed the next one gets new windows.
 */
export interface SharedScene {
  /** The windows, as the tests expect them. The settings are this test's instead of the suite's. */
  use(settings?: Settings): Promise<Scene>;
  /** The same, for a test that changes who is signed in: before the next one, people sign in anew. */
  useUp(settings?: Settings): Promise<Scene>;
  /** The same, for a test that leaves something behind: the next one gets new windows. */
  takeOver(settings?: Settings): Promise<Scene>;
  /** New windows, which know no client secret and nobody; those after this test use them too. */
  open(settings?: Settings): Promise<Scene>;
}

/** Windows that are left to the next test. */
interface Spare {
  readonly scene: Scene;
  /** Who signed in there for the tests of a suite, and which suite's settings they have; unknown unless told. */
  readonly state?: symbol | undefined;
}

/** By how they keep secrets. Opening windows closes those before them: there are those that were opened last, or none. */
const spares = new Map<SecretsMode, Spare>();

/**
 * Shares windows in which nobody is signed in when a test begins, with a Box as new.
 *
 * To be called in the suite's `describe`.
 */
export function shareSignedOut(options: SharedOptions = {}): SharedScene {
  return share(options, { logins: [], isKept: false });
}

/**
 * Shares windows in which the same people are signed in all the time. Box keeps what it has counted. To be called in
 * the suite's `describe`.
 */
export function shareSignedIn({
  logins = [SEED.userLogin],
  ...options
}: SharedSignedInOptions = {}): SharedScene {
  return share(options, { logins, isKept: true });
}

/** Who is signed in, and whether they stay so from one test to the next. */
interface People {
  readonly logins: readonly SeededLogin[];
  readonly isKept: boolean;
}

function share(options: SharedOptions, people: People): SharedScene {
  const { settings: usual = () => ({}), secrets = 'browser', windows = 1 } = options;
  const suite = Symbol('suite');

  afterEach(function () {
    if (this.currentTest?.state === 'failed') spares.delete(secrets);
  });

  /** Leaves the windows to the next test. */
  const leave = (scene: Scene, state?: symbol): Scene => {
    spares.set(secrets, { scene, state });
    return scene;
  };

  const make = async (settings: Settings): Promise<Scene> => {
    const scene = await Scene.openSignedIn({ settings, secrets, logins: people.logins });
    await scene.setWindows(windows);
    return scene;
  };

  const prepare = async ({ scene, state }: Spare, own?: Settings): Promise<Scene> => {
    await scene.tidy();
    if (people.isKept && state === suite && own === undefined) return scene;
    await scene.signOutEverybody();
    await scene.box.reset();
    await scene.setWindows(windows);
    if (state !== suite || own !== undefined) await scene.changeSettings(own ?? usual());
    for (const login of people.logins) await scene.signIn({ login });
    if (people.logins.length > 0) await scene.tidy();
    return scene;
  };

  /** While the windows are made ready they are nobody's: where that fails, the next test gets others. */
  const take = async (own?: Settings): Promise<Scene> => {
    const found = spares.get(secrets);
    spares.delete(secrets);
    if (found?.scene.isOpen === true) return prepare(found, own);
    return make(own ?? usual());
  };

  return {
    use: async (own) => leave(await take(own), own === undefined ? suite : undefined),
    useUp: async (own) => leave(await take(own)),
    takeOver: take,
    open: async (own = usual()) => leave(await Scene.open({ settings: own, secrets })),
  };
}
