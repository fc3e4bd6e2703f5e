import fc from 'fast-check';
import type { Fault, Switches } from '../../emulator';
import { SCOPE_SETS, type Person, type Subject } from './subjects';

/** What a window is asked to do, by its number, or what happens at Box without any. */
export type Action =
  | { readonly action: 'signIn'; readonly window: number; readonly subject: Subject }
  /** Acts on the session of that number among those that the window shows. */
  | {
      readonly action: 'refreshNow' | 'copy' | 'signOut' | 'revoke' | 'boxEndsOne';
      readonly window: number;
      readonly session: number;
    }
  | { readonly action: 'get' | 'use'; readonly window: number; readonly scopes: readonly string[] }
  | { readonly action: 'boxEndsAll'; readonly person: Person };

/** An action of a window that can be cut off in its midst. */
export type Interruptible = Exclude<Action, { readonly action: 'get' | 'use' | 'boxEndsAll' | 'boxEndsOne' }>;

/** One step of a plan. */
export type Step =
  /** Does something, or several things at once. */
  | { readonly step: 'do'; readonly actions: readonly Action[] }
  /** Kills a window in the midst of an action, after so many calls to SecretStorage or Box, and opens it again. */
  | { readonly step: 'crash'; readonly during: Interruptible; readonly calls: number }
  | { readonly step: 'reload'; readonly window: number }
  | { readonly step: 'pass'; readonly minutes: number }
  /** The computer sleeps until every access token has ended. */
  | { readonly step: 'sleep' }
  /** The person is away until every refresh token has ended. */
  | { readonly step: 'stayAway' }
  | { readonly step: 'fault'; readonly fault: Fault }
  | { readonly step: 'heal' }
  /** Somebody who knows no lock, such as an older version of the extension, stores a new pair. */
  | { readonly step: 'foreignWrite'; readonly session: number }
  | { readonly step: 'sendRevocations'; readonly window: number };

/** A whole course of events on one machine. */
export interface Plan {
  readonly rotation: Switches['rotation'];
  readonly windows: number;
  /** Whether windows hear of what others stored only when these are done. */
  readonly areNewsLate: boolean;
  readonly steps: readonly Step[];
}

/** Objects with a prototype, which read better in a counterexample. */
function plain<T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

const window = fc.nat({ max: 2 });
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
);

const action = fc.oneof<fc.WeightedArbitrary<Action>[]>(
  { weight: 12, arbitrary: interruptible },
  { weight: 9, arbitrary: plain({ action: fc.constantFrom('get', 'get', 'use'), window, scopes }) },
  { weight: 1, arbitrary: plain({ action: fc.constant('boxEndsAll' as const), person }) },
  { weight: 2, arbitrary: plain({ action: fc.constant('boxEndsOne' as const), window, session }) },
);

/** The same in every window at once. */
const everywhere = action.map((one) =>
  'window' in one ? [0, 1, 2].map((window): Action => ({ ...one, window })) : [one],
);

const REFRESH = { endpoint: 'token', grantType: 'refresh_token' } as const;

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({
        where: fc.constantFrom<Pick<Fault, 'endpoint' | 'grantType'>[]>(
          ...[REFRESH, REFRESH, REFRESH],
          { endpoint: 'token' },
          { endpoint: 'revoke' },
        ),
        what: fc.constantFrom<Pick<Fault, 'kind' | 'status' | 'headers' | 'committed' | 'delayMs'>[]>(
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
          { kind: 'delay', delayMs: 10 },
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

const step = <Kind extends Step['step']>(kind: Kind): fc.Arbitrary<Kind> => fc.constant(kind);

const anyStep = fc.oneof<fc.WeightedArbitrary<Step>[]>(
  { weight: 12, arbitrary: plain({ step: step('do'), actions: action.map((one) => [one]) }) },
  {
    weight: 10,
    arbitrary: plain({ step: step('do'), actions: fc.array(action, { minLength: 2, maxLength: 3 }) }),
  },
  { weight: 5, arbitrary: plain({ step: step('do'), actions: everywhere }) },
  { weight: 5, arbitrary: plain({ step: step('sleep') }) },
  { weight: 4, arbitrary: plain({ step: step('pass'), minutes: fc.constantFrom(2, 57, 58) }) },
  { weight: 8, arbitrary: plain({ step: step('fault'), fault }) },
  { weight: 1, arbitrary: plain({ step: step('heal') }) },
  {
    weight: 4,
    arbitrary: plain({ step: step('crash'), during: interruptible, calls: fc.nat({ max: 14 }) }),
  },
  { weight: 1, arbitrary: plain({ step: step('reload'), window }) },
  { weight: 1, arbitrary: plain({ step: step('stayAway') }) },
  { weight: 1, arbitrary: plain({ step: step('foreignWrite'), session }) },
  { weight: 1, arbitrary: plain({ step: step('sendRevocations'), window }) },
);

/** Any course of events, which begins with somebody signing in. */
export const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    rotation: fc.constantFrom('confirm-on-use' as const, 'confirm-on-use' as const, 'strict' as const),
    windows: fc.integer({ min: 2, max: 3 }),
    areNewsLate: fc.boolean(),
    first: subject,
    steps: fc.array(anyStep, { minLength: 1, maxLength: 14, size: 'max' }),
  })
  .map(({ rotation, windows, areNewsLate, first, steps }) => ({
    rotation,
    windows,
    areNewsLate,
    steps: [{ step: 'do', actions: [{ action: 'signIn', window: 0, subject: first }] }, ...steps],
  }));
