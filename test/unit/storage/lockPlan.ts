import fc from 'fast-check';

/** What a holder does while it has the lock. */
export type Deed =
  /** Works for some turns, outside of any guarded step. A turn is as long as it takes to ask the file system. */
  | { readonly deed: 'work'; readonly turns: number }
  /** Runs a guarded step of some turns. */
  | { readonly deed: 'step'; readonly turns: number; readonly fails: boolean }
  /** Somebody deletes the lock's file, or puts another in its place. */
  | { readonly deed: 'lose'; readonly isReplaced: boolean }
  /** Stands still for longer than a holder shows that it lives. */
  | { readonly deed: 'hang' };

/** A task under the lock, and how it ends. */
export interface Task {
  /** Whether it first works for so long that a silent holder would be taken for a dead one. */
  readonly toils: boolean;
  readonly deeds: readonly Deed[];
  readonly end: 'return' | 'throw' | 'crash';
}

/** What several processes do with one lock. */
export interface Course {
  /** For each process, the tasks that it runs one after the other. */
  readonly processes: readonly (readonly Task[])[];
  /** What the lock's file holds from before, if there is one: its holder crashed. */
  readonly left: string | undefined;
  /** After so many tasks the folder can be used no more. */
  readonly ruinedAfter: number | undefined;
}

/** Objects with a prototype, which read better in a counterexample. */
function plain<T extends object>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}

const only = <Kind extends Deed['deed']>(kind: Kind): fc.Arbitrary<Kind> => fc.constant(kind);
const turns = fc.nat({ max: 9 });
const sometimes = fc.constantFrom(false, false, false, true);

const deed = fc.oneof<fc.WeightedArbitrary<Deed>[]>(
  { weight: 8, arbitrary: plain({ deed: only('work'), turns }) },
  { weight: 12, arbitrary: plain({ deed: only('step'), turns, fails: sometimes }) },
  { weight: 3, arbitrary: plain({ deed: only('lose'), isReplaced: sometimes }) },
  { weight: 1, arbitrary: plain({ deed: only('hang') }) },
);

const task = plain<Task>({
  toils: fc.constantFrom(...Array.from({ length: 9 }, () => false), true),
  deeds: fc.array(deed, { maxLength: 5, size: 'max' }),
  end: fc.constantFrom(...(['return', 'return', 'return', 'return', 'throw', 'throw', 'crash'] as const)),
});

/** Several processes wait for one that crashed, and then work. */
export const anyTakeover = fc
  .array(turns, { minLength: 3, maxLength: 5, size: 'max' })
  .map((each): Course => {
    const tasks = each.map((t): Task => ({
      toils: false,
      deeds: [
        { deed: 'work', turns: t },
        { deed: 'step', turns: t, fails: false },
      ],
      end: 'return',
    }));
    const processes = tasks.map((only) => [only]);
    return { processes, left: 'a process that crashed', ruinedAfter: undefined };
  });

/** Anything that two to five processes may do. */
export const anyCourse = plain<Course>({
  processes: fc.array(fc.array(task, { minLength: 1, maxLength: 3 }), {
    minLength: 2,
    maxLength: 5,
    size: 'max',
  }),
  left: fc.constantFrom(undefined, undefined, undefined, 'a process that crashed', ''),
  ruinedAfter: fc.constantFrom(...Array.from({ length: 9 }, () => undefined), 0, 2, 4),
});
