import fc from 'fast-check';
import { useEmulatedBox } from '../support/emulatedBox';
import { SAME_VALUES } from '../support/property';
import { SessionMachine } from './sessionMachine';
import { anyPlan } from './sessionSteps';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 30);
const SEED = Number(process.env['PROPERTY_SEED'] ?? SAME_VALUES.seed);
const PATH = process.env['PROPERTY_PATH'];
/** How long a plan may take, and how long all may, with the search for a smaller one that fails, in real ms. */
const LIMIT_MS = 20_000;
const WHOLE_LIMIT_MS = RUNS * 5000;

describe('Session state machine', function () {
  this.timeout(WHOLE_LIMIT_MS + 2 * LIMIT_MS);
  const box = useEmulatedBox();

  it('never loses an account, revives a session, hands out a dead token or refreshes twice at once', async () => {
    const property = fc.asyncProperty(anyPlan, (plan) => new SessionMachine(box, plan).run());
    await fc.assert(property, {
      numRuns: RUNS,
      seed: SEED,
      timeout: LIMIT_MS,
      interruptAfterTimeLimit: WHOLE_LIMIT_MS,
      ...(PATH !== undefined && { path: PATH }),
    });
  });
});
