import fc from 'fast-check';
import { useEmulatedBox } from '../support/emulatedBox';
import { SAME_VALUES } from '../support/property';
import { SessionMachine } from './sessionMachine';
import { anyPlan } from './sessionSteps';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 20);
const SEED = Number(process.env['PROPERTY_SEED'] ?? SAME_VALUES.seed);
const PATH = process.env['PROPERTY_PATH'];

describe('Session state machine', function () {
  this.timeout(RUNS * 30_000);
  const box = useEmulatedBox();

  it('never loses an account, revives a session, hands out a dead token or refreshes twice at once', async () => {
    const property = fc.asyncProperty(anyPlan, (plan) => new SessionMachine(box, plan).run());
    await fc.assert(property, {
      numRuns: RUNS,
      seed: SEED,
      timeout: 20_000,
      ...(PATH !== undefined && { path: PATH }),
    });
  });
});
