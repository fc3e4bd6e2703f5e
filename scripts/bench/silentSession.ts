import { Scene } from '../../test/e2e/ui/scene';
import { median, ratio, type Measurement } from './measurement';

/** How long a silent `getSession` takes with a live token, against GitHub's provider without a session. */
export const silentSession: Measurement = {
  name: 'silentGetSession',
  async run() {
    const scene = await Scene.open();
    await scene.signIn();
    await scene.consume('Get Session', () => scene.allowConsumer());
    const record = await scene.consume('Time Silent Sessions');
    if (record.event !== 'timing') throw new Error(`The consumer wrote: ${JSON.stringify(record)}`);
    const milliseconds = Object.fromEntries(
      Object.entries(record.milliseconds).map(([provider, values]) => [provider, median(values)]),
    );
    const { box = Number.NaN, github = Number.NaN } = milliseconds;
    return { milliseconds, ratioToGitHub: ratio(box, github) };
  },
};
