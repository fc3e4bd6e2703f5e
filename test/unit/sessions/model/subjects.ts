import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';

/** A Box user who signs in. */
export type Person = 'dana' | 'sam';

/** What a session is for: one is kept for each of them. */
export interface Subject {
  readonly person: Person;
  /** The scopes that the sign-in asks for. */
  readonly scopes: readonly string[];
}

/** The emulator's id of a person, and the login. */
export const PEOPLE: Readonly<Record<Person, { readonly id: string; readonly login: string }>> = {
  dana: { id: SEED.userId, login: SEED.userLogin },
  sam: { id: SEED.personalUserId, login: SEED.personalUserLogin },
};

/** What is asked for: everything, one scope, or two. */
export const SCOPE_SETS: readonly (readonly string[])[] = [
  [],
  ['root_readonly'],
  ['root_readonly', 'root_readwrite'],
];

/** Whoever can be signed in, for whatever can be asked for. */
export const SUBJECTS: readonly Subject[] = (['dana', 'sam'] as const).flatMap((person) =>
  SCOPE_SETS.map((scopes) => ({ person, scopes })),
);

/** Who has an id at Box. */
export function personOf(userId: string): Person {
  return userId === PEOPLE.dana.id ? 'dana' : 'sam';
}

/** Who and what a stored session is for. */
export function subjectOf({ user, scopes }: SessionRecord): Subject {
  return { person: personOf(user.id), scopes };
}

/** Whether both are the same. */
export function isSame(a: Subject, b: Subject): boolean {
  return nameOf(a) === nameOf(b);
}

/** The subject for people, and for comparing. */
export function nameOf({ person, scopes }: Subject): string {
  return `${person} (${scopes.join(' ') || 'everything'})`;
}
