import fc from 'fast-check';
import type { Fault, Switches } from '../../../emulator/src';
import type { SecretOperation } from '../../support/memorySecrets';
import { SCOPE_SETS, type Person, type Subject } from './subjects';
import type { TopologyName } from './topology';

/** What a window is asked to do, by its number, or what happens at Box without any. */
export type Action =
  | { readonly action: 'signIn'; readonly window: number; readonly subject: Subject }
  /** Acts on the session of that number among those that the window shows. */
  | {
      readonly action: 'refreshNow' | 'copy' | 'signOut' | 'revoke' | 'boxEndsOne';
      readonly window: number;
      readonly session: number;
    }
  /** Has a downscoped token made from a session, which is another than the one before where that is asked for. */
  | {
      readonly action: 'downscope';
      readonly window: number;
      readonly session: number;
      readonly isNew: boolean;
    }
  | { readonly action: 'get' | 'use'; readonly window: number; readonly scopes: readonly string[] }
  | { readonly action: 'boxEndsAll'; readonly person: Person };

/** An action of a window that can be cut off in its midst. */
export type Interruptible = Exclude<Action, { readonly action: 'get' | 'use' | 'boxEndsAll' | 'boxEndsOne' }>;

/** What becomes of a host: it dies and another is started in its page, or its page is loaded anew. */
export type HostEnding = 'restart' | 'reload';

/** One step of a plan. */
export type Step =
  /** Does something, or several things at once. */
  | { readonly step: 'do'; readonly actions: readonly Action[] }
  /** Kills a host in the midst of an action, after so many calls to SecretStorage or Box. */
  | {
      readonly step: 'kill';
      readonly during: Interruptible;
      readonly calls: number;
      readonly ending: HostEnding;
    }
  | { readonly step: HostEnding; readonly window: number }
  | { readonly step: 'pass'; readonly minutes: number }
  /** The computer sleeps until every access token has ended. */
  | { readonly step: 'sleep' }
  /** The person is away until every refresh token has ended. */
  | { readonly step: 'stayAway' }
  /** The wall clock is 61 days ahead for a minute, in which something is done. */
  | { readonly step: 'wrongClock'; readonly actions: readonly Action[] }
  | { readonly step: 'fault'; readonly fault: Fault }
  | {
      readonly step: 'secrets';
      /** Everywhere where there is none. */
      readonly window?: number;
      readonly how: 'fail' | 'hang';
      readonly operations: readonly SecretOperation[];
    }
  /** The shared folders cannot be used. */
  | { readonly step: 'files' }
  /** Ends whatever is the matter. */
  | { readonly step: 'heal' }
  /** Somebody who knows no lock, such as an older version of the extension, stores a new pair. */
  | { readonly step: 'foreignWrite'; readonly session: number }
  | { readonly step: 'sendRevocations'; readonly window: number };

/** A whole scenario. */
export interface Plan {
  readonly rotation: Switches['rotation'];
  /** Whether Box ends child tokens with their parent. */
  readonly revokeScope: Switches['revokeScope'];
  /** Whether Box lets child tokens be revoked. */
  readonly childRevocation: Switches['childRevocation'];
  readonly windows: number;
  /** How late windows hear of what others stored, in ms. */
  readonly lateness: number;
  readonly steps: readonly Step[];
}

/** Objects with a prototype, which read better in a counterexample. */
function plain<T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

const window = fc.nat({ max: 3 });
const person = fc.constantFrom<Person[]>('dana', 'dana', 'sam');
const scopes = fc.constantFrom(...SCOPE_SETS);
const session = fc.nat({ max: 5 });
const subject = plain<Subject>({ person, scopes });

const interruptible = fc.oneof<fc.WeightedArbitrary<Interruptible>[]>(
  { weight: 3, arbitrary: plain({ action: fc.constant('signIn' as const), window, subject }) },
  {
    weight: 6,
    arbitrary: plain({
      action: fc.constantFrom('refreshNow', 'refreshNow', 'copy', 'signOut', 'signOut', 'revoke'),
      window,
      session,
    }),
  },
  {
    weight: 4,
    arbitrary: plain({ action: fc.constant('downscope' as const), window, session, isNew: fc.boolean() }),
  },
);

const action = fc.oneof<fc.WeightedArbitrary<Action>[]>(
  { weight: 16, arbitrary: interruptible },
  { weight: 9, arbitrary: plain({ action: fc.constantFrom('get', 'get', 'use'), window, scopes }) },
  { weight: 1, arbitrary: plain({ action: fc.constant('boxEndsAll' as const), person }) },
  { weight: 2, arbitrary: plain({ action: fc.constant('boxEndsOne' as const), window, session }) },
);

/** The same in every window at once. */
const everywhere = action.map((one) =>
  'window' in one ? [0, 1, 2, 3].map((window): Action => ({ ...one, window })) : [one],
);

const REFRESH = { endpoint: 'token', grantType: 'refresh_token' } as const;

const EXCHANGE = {
  endpoint: 'token',
  grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
} as const;

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        where: fc.constantFrom<Pick<Fault, 'endpoint' | 'grantType'>[]>(
          ...[REFRESH, REFRESH, REFRESH],
          EXCHANGE,
          { endpoint: 'token' },
          { endpoint: 'revoke' },
        ),
        what: fc.constantFrom<Pick<Fault, 'kind' | 'status' | 'headers' | 'committed'>[]>(
          { kind: 'dropBefore' },
          { kind: 'dropAfter' },
          { kind: 'hang' },
          { kind: 'hang', committed: true },
          { kind: 'status', status: 503 },
          { kind: 'status', status: 503, committed: true },
          { kind: 'status', status: 409 },
          { kind: 'status', status: 429, headers: { 'retry-after': '3' } },
          { kind: 'html' },
          { kind: 'truncate' },
        ),
        times: fc.constantFrom(1, 1, 3),
      })
      .map(({ where, what, times }) => ({ ...where, ...what, times })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fault[]>(
      { endpoint: 'usersMe', kind: 'status', status: 403 },
      { endpoint: 'usersMe', kind: 'dropAfter', times: 4 },
      { endpoint: 'usersMe', kind: 'truncate' },
    ),
  },
);

const ALL: readonly SecretOperation[] = ['keys', 'get', 'store', 'delete'];

const secrets = fc
  .record({
    window: fc.option(window, { nil: undefined }),
    how: fc.constantFrom('fail' as const, 'hang' as const),
    operations: fc.constantFrom<(readonly SecretOperation[])[]>(['store'], ['store', 'delete'], ['get'], ALL),
  })
  .map(({ window: one, ...rest }): Step => ({
    step: 'secrets',
    ...rest,
    ...(one !== undefined && { window: one }),
  }));

const step = <Kind extends Step['step']>(kind: Kind): fc.Arbitrary<Kind> => fc.constant(kind);
const several = fc.array(action, { minLength: 2, maxLength: 3 });
const ending = fc.constantFrom<HostEnding[]>('restart', 'reload');

const anyStep = fc.oneof<fc.WeightedArbitrary<Step>[]>(
  { weight: 12, arbitrary: plain({ step: step('do'), actions: action.map((one) => [one]) }) },
  { weight: 10, arbitrary: plain({ step: step('do'), actions: several }) },
  { weight: 5, arbitrary: plain({ step: step('do'), actions: everywhere }) },
  { weight: 5, arbitrary: plain({ step: step('sleep') }) },
  { weight: 4, arbitrary: plain({ step: step('pass'), minutes: fc.constantFrom(2, 57, 58) }) },
  { weight: 7, arbitrary: plain({ step: step('fault'), fault }) },
  { weight: 3, arbitrary: plain({ step: step('heal') }) },
  {
    weight: 4,
    arbitrary: plain({ step: step('kill'), during: interruptible, calls: fc.nat({ max: 25 }), ending }),
  },
  { weight: 3, arbitrary: plain({ step: ending, window }) },
  { weight: 2, arbitrary: secrets },
  { weight: 1, arbitrary: plain({ step: step('files') }) },
  { weight: 1, arbitrary: plain({ step: step('stayAway') }) },
  { weight: 1, arbitrary: plain({ step: step('wrongClock'), actions: several }) },
  { weight: 1, arbitrary: plain({ step: step('sendRevocations'), window }) },
);

/** A refresh that is due and hangs, while everybody asks. */
const hangInMargin = fc
  .record({
    minutes: fc.constantFrom(56, 57, 58),
    ending,
    window,
    scopes,
    kind: fc.constantFrom('hang' as const, 'dropAfter' as const),
  })
  .map(({ minutes, ending: how, window: one, scopes: asked, kind }): readonly Step[] => [
    { step: 'fault', fault: { ...REFRESH, kind, times: 6 } },
    { step: how, window: one },
    { step: 'pass', minutes },
    {
      step: 'do',
      actions: [0, 1, 2, 3].map((each): Action => ({ action: 'get', window: each, scopes: asked })),
    },
  ]);

const foreignWrite = plain<Step>({ step: step('foreignWrite'), session });

/** Any scenario, which begins with somebody signing in. @param topology what it is for */
export function anyPlan(topology: TopologyName): fc.Arbitrary<Plan> {
  // What an older version stores reaches windows by an event, which the others do not have.
  const hasEvents = topology === 'desktop' || topology === 'containers';
  const someStep = hasEvents
    ? fc.oneof({ weight: 60, arbitrary: anyStep }, { weight: 1, arbitrary: foreignWrite })
    : anyStep;
  return fc
    .record({
      rotation: fc.constantFrom('confirm-on-use' as const, 'confirm-on-use' as const, 'strict' as const),
      revokeScope: fc.constantFrom('pair' as const, 'pair' as const, 'pair+children' as const),
      childRevocation: fc.constantFrom('allowed' as const, 'allowed' as const, 'refused' as const),
      windows: topology === 'served' ? fc.integer({ min: 3, max: 4 }) : fc.integer({ min: 2, max: 3 }),
      lateness: fc.constantFrom(0, 0, 300),
      first: subject,
      steps: fc.array(
        fc.oneof(
          { weight: 25, arbitrary: someStep.map((one) => [one]) },
          { weight: 1, arbitrary: hangInMargin },
        ),
        { minLength: 1, maxLength: 12, size: 'max' },
      ),
    })
    .map(({ first, steps, ...rest }) => ({
      ...rest,
      steps: [{ step: 'do', actions: [{ action: 'signIn', window: 0, subject: first }] }, ...steps.flat()],
    }));
}
