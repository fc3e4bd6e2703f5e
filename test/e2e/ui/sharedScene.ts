import type { Scene } from './scene';

/**
 * A window that the tests of a suite use one after the other. The first that needs it opens it, and it is tidied up
 * before each further one. After a test that failed the next one gets a new window.
 */
export interface SharedScene {
  /** The window, as its tests expect it. */
  use(): Promise<Scene>;
  /** The same, for a test that leaves something behind: the next one gets a new window. */
  takeOver(): Promise<Scene>;
}

/**
 * Shares a window among the tests of the suite in whose `describe` this is called.
 *
 * @param open Opens the window.
 * @param tidy Brings it back to what it was when it was opened, as far as its tests can tell.
 */
export function shareScene(open: () => Promise<Scene>, tidy: (scene: Scene) => Promise<void>): SharedScene {
  let shared: Scene | undefined;

  afterEach(function () {
    if (this.currentTest?.state === 'failed') shared = undefined;
  });

  const use = async (): Promise<Scene> => {
    if (shared?.isOpen === true) await tidy(shared);
    else shared = await open();
    return shared;
  };
  const takeOver = async (): Promise<Scene> => {
    const scene = await use();
    shared = undefined;
    return scene;
  };
  return { use, takeOver };
}

/** Shares a window in which the same people are signed in all the time. Box keeps what it has counted. */
export function shareSignedIn(open: () => Promise<Scene>): SharedScene {
  return shareScene(open, (scene) => scene.tidy());
}

/** Shares a window in which nobody is signed in when a test begins, with a Box as new. */
export function shareSignedOut(open: () => Promise<Scene>): SharedScene {
  return shareScene(open, async (scene) => {
    await scene.tidy();
    await scene.signOutEverybody();
    await scene.box.reset();
  });
}
