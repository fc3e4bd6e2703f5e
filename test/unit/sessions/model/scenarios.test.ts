import { useEmulatedBox } from '../../support/emulatedBox';
import { Scenario } from './scenario';
import { loadAll } from './scenarioTime';
import type { Action, Plan, Step } from './plan';
import type { TopologyName } from './topology';

const DANA = { person: 'dana', scopes: [] } as const;
const SAM = { person: 'sam', scopes: [] } as const;
const signIn = (window: number): Action => ({ action: 'signIn', window, subject: DANA });
const doing = (...actions: readonly Action[]): Step => ({ step: 'do', actions });

/** Box as it is believed to be, where child tokens live on. */
const USUAL = {
  rotation: 'confirm-on-use',
  revokeScope: 'pair',
  childRevocation: 'allowed',
  windows: 2,
  lateness: 0,
} as const;

/** Small scenarios that once came out wrong. */
const SCENARIOS: readonly (Partial<Plan> & {
  name: string;
  topology: TopologyName;
  steps: readonly Step[];
})[] = [
  {
    name: 'no lock is left of a host that was killed while somebody signed in',
    topology: 'desktop',
    steps: [
      doing(signIn(0)),
      { step: 'kill', during: { action: 'signIn', window: 0, subject: DANA }, calls: 2, ending: 'restart' },
    ],
  },
  {
    name: 'no lock is left where the host that would have removed it was killed too',
    topology: 'noKeyring',
    steps: [
      doing(signIn(0)),
      { step: 'kill', during: { action: 'refreshNow', window: 0, session: 0 }, calls: 0, ending: 'reload' },
      { step: 'kill', during: { action: 'signIn', window: 0, subject: DANA }, calls: 0, ending: 'restart' },
    ],
  },
  {
    name: 'the index of a host forgets what a host with another folder signed out',
    topology: 'containers',
    steps: [doing(signIn(0)), doing({ action: 'signOut', window: 1, session: 0 })],
  },
  {
    name: 'the index forgets what was signed out while the folder could not be written',
    topology: 'noKeyring',
    steps: [doing(signIn(0)), { step: 'files' }, doing({ action: 'signOut', window: 0, session: 0 })],
  },
  {
    name: 'the index lists what was stored while the folder could not be written',
    topology: 'noKeyring',
    steps: [doing(signIn(0)), { step: 'files' }, doing({ action: 'signIn', window: 0, subject: SAM })],
  },
  {
    name: 'a sign-out is finished later where the folder could not be written',
    topology: 'served',
    windows: 3,
    steps: [
      doing(signIn(0)),
      { step: 'files' },
      doing({ action: 'signOut', window: 0, session: 0 }, signIn(0)),
    ],
  },
  {
    name: 'no pause is left of a session that Box has ended',
    topology: 'desktop',
    steps: [
      doing(signIn(0)),
      {
        step: 'fault',
        fault: { endpoint: 'token', grantType: 'refresh_token', kind: 'dropBefore', times: 3 },
      },
      doing({ action: 'refreshNow', window: 0, session: 0 }),
      doing({ action: 'boxEndsAll', person: 'dana' }),
    ],
  },
  {
    name: 'a mark stays while its record is gone in memory only',
    topology: 'containers',
    steps: [
      doing(signIn(0)),
      { step: 'secrets', how: 'fail', operations: ['store'] },
      doing({ action: 'revoke', window: 1, session: 0 }),
      { step: 'restart', window: 1 },
    ],
  },
  {
    name: 'no file is left of a host that was killed',
    topology: 'served',
    windows: 3,
    steps: [
      doing(signIn(0)),
      { step: 'restart', window: 0 },
      doing({ action: 'signOut', window: 0, session: 0 }),
    ],
  },
  {
    name: 'a sign-out is finished as one though the tokens were being revoked before, and both were cut off',
    topology: 'served',
    windows: 3,
    steps: [
      doing(signIn(0)),
      { step: 'kill', during: { action: 'revoke', window: 0, session: 0 }, calls: 4, ending: 'restart' },
      { step: 'kill', during: { action: 'signOut', window: 0, session: 0 }, calls: 1, ending: 'restart' },
    ],
  },
  {
    name: 'a sign-in that was stored counts though its host was killed before it knew',
    topology: 'desktop',
    steps: [
      doing(signIn(0)),
      { step: 'kill', during: { action: 'signIn', window: 1, subject: DANA }, calls: 9, ending: 'restart' },
      doing({ action: 'signOut', window: 0, session: 0 }),
    ],
  },
  {
    name: 'windows agree after sign-ins for the same at the same time, though they share no lock',
    topology: 'containers',
    steps: [doing(signIn(0)), doing(signIn(0), signIn(1), signIn(0), signIn(1))],
  },
  {
    name: 'a window finishes its sign-out though one with another store has taken the mark away',
    topology: 'noKeyring',
    steps: [
      doing(signIn(0)),
      { step: 'secrets', how: 'fail', operations: ['keys', 'get', 'store', 'delete'] },
      doing({ action: 'boxEndsAll', person: 'dana' }, { action: 'signOut', window: 0, session: 0 }),
      { step: 'sendRevocations', window: 0 },
    ],
  },
  {
    name: 'no record is left of child tokens that had ended before their session was signed out',
    topology: 'noKeyring',
    steps: [
      doing(signIn(0)),
      doing({ action: 'downscope', window: 0, session: 0, isNew: false }),
      { step: 'sleep' },
      doing({ action: 'signOut', window: 0, session: 0 }),
    ],
  },
  {
    name: 'the only pair is kept that came while the folder of a served window could not be read',
    topology: 'served',
    rotation: 'strict',
    windows: 3,
    steps: [
      doing(signIn(0)),
      { step: 'files' },
      doing({ action: 'refreshNow', window: 0, session: 0 }),
      { step: 'heal' },
    ],
  },
  {
    name: 'the next window announces what one stored that ended before its folder worked again',
    topology: 'noKeyring',
    windows: 2,
    steps: [
      doing(signIn(0)),
      { step: 'files' },
      doing(signIn(1)),
      { step: 'heal' },
      { step: 'restart', window: 1 },
    ],
  },
  {
    name: 'no pause is left of a session whose sign-out another window finished',
    topology: 'desktop',
    steps: [
      doing(signIn(0)),
      { step: 'fault', fault: { endpoint: 'token', grantType: 'refresh_token', kind: 'hang', times: 6 } },
      { step: 'pass', minutes: 56 },
      doing({ action: 'get', window: 0, scopes: [] }, { action: 'get', window: 1, scopes: [] }),
      { step: 'kill', during: { action: 'signOut', window: 0, session: 0 }, calls: 6, ending: 'restart' },
    ],
  },
];

describe('Scenarios that once came out wrong', function () {
  this.timeout(30_000);
  const box = useEmulatedBox();
  before(loadAll);

  for (const { name, topology, ...plan } of SCENARIOS) {
    it(name, () => new Scenario(box, topology, { ...USUAL, ...plan }).run());
  }
});
