import { SEED } from '../emulator/src';
import { expectRecord } from '../e2e/ui/records';
import type { Scene } from '../e2e/ui/scene';

export { endExtensionHost, expectRecord, livingHosts, recordsOf } from '../e2e/ui/records';

/** Signs in and lets the consumer use the account, in windows that are opened later too. */
export async function signInWithConsumer(scene: Scene): Promise<void> {
  await scene.signIn();
  expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
  await scene.workbench.stateKept(`box-${SEED.userLogin}`);
}
