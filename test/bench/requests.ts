import { Scene } from '../e2e/ui/scene';
import { eventually } from '../vscode/poll';
import type { Measurement } from './measurement';

/** How many requests go to Box for a sign-in and for a refresh, by Box's own log. */
export const requests: Measurement = {
  name: 'requests',
  async run() {
    const scene = await Scene.open();
    await scene.signIn();
    const signIn = (await scene.sentRequests()).length;
    await scene.workbench.runCommand('Box: Refresh Access Token');
    await eventually('the refresh', async () => (await scene.box.counters()).refreshes === 1);
    await scene.copyToken();
    return { signIn, refresh: (await scene.sentRequests()).length - signIn };
  },
};
