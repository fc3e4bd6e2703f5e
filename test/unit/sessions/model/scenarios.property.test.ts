/*
 * Generated: scenarios of sign in, get, use, copy, downscope, refresh, sign out and revoke in several windows, one after
 * the other and at once; a Box that ends child tokens with their parent or not, and revokes them or not; its faults; hosts that are killed at any call, restarted, and pages that are loaded anew; SecretStorage
 * that fails or hangs; folders that cannot be used; sleep, absence, and a wall clock that is wrong for a minute.
 * Asserted, after each step as far as it can be and once all is quiet (outcomeChecks.ts, stateChecks.ts, leftovers.ts,
 * childChecks.ts):
 * 1. No token is handed out of what was signed out or revoked 2 s ago.
 * 2. No session that Box honours is missing, ended or revived here; windows of one store agree, and told VS Code the same.
 * 3. The pair that is stored is one that Box honours, unless an answer was lost under strict rotation or with its host.
 * 4. A token that serves is answered within 2.5 s, and any token or failure within 52.5 s, by the simulated clock.
 * 5. One refresh an expiry where a folder and a store are shared, and never two in flight at once.
 * 6. What was given up is dead at Box, and nothing is left of it in files, the index and SecretStorage, nor in a log.
 * 7. The same goes for the child tokens of what was given up, where Box lets them be revoked; each is sent once. Those of
 *    a session that is there are remembered. One whose host died before it was stored is an accepted loss.
 * PROPERTY_RUNS, PROPERTY_SEED and PROPERTY_PATH repeat a run.
 */
import fc from 'fast-check';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SAME_VALUES } from '../../support/property';
import { Scenario } from './scenario';
import { loadAll } from './scenarioTime';
import { anyPlan } from './plan';
import type { TopologyName } from './topology';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 15);
const SEED = Number(process.env['PROPERTY_SEED'] ?? SAME_VALUES.seed);
const PATH = process.env['PROPERTY_PATH'];
/** How long a scenario may take, and how long all may, with the search for a smaller one that fails, in real ms. */
const LIMIT_MS = 30_000;
const WHOLE_LIMIT_MS = RUNS * 5000;

const TOPOLOGIES: Readonly<Record<TopologyName, string>> = {
  desktop: 'on a desktop: one SecretStorage with events, one folder',
  noKeyring: 'on a desktop without a keyring: a SecretStorage for each window, one folder',
  containers: 'in two hosts: one SecretStorage with events, two folders',
  served: 'in the pages of two browsers: a copy of the secrets for each page, one folder',
};

describe('Generated scenarios', function () {
  this.timeout(WHOLE_LIMIT_MS + 2 * LIMIT_MS);
  const box = useEmulatedBox();
  before(loadAll);

  for (const name of Object.keys(TOPOLOGIES) as TopologyName[]) {
    it(`keep every session and give up what is given up ${TOPOLOGIES[name]}`, async () => {
      const property = fc.asyncProperty(anyPlan(name), (plan) => new Scenario(box, name, plan).run());
      await fc.assert(property, {
        numRuns: RUNS,
        seed: SEED,
        timeout: LIMIT_MS,
        interruptAfterTimeLimit: WHOLE_LIMIT_MS,
        ...(PATH !== undefined && { path: PATH }),
      });
    });
  }
});
