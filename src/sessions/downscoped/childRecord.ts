import * as v from 'valibot';
import { originsSchema } from '../../box/originsSchema';
import type { RecordKind } from '../../storage/recordStore';
import { signInOf, type LiveSession, type TokenPair } from '../store/sessionRecord';

const text = v.pipe(v.string(), v.nonEmpty());

/** What a token was made for: other extensions or people, an annotator, or only to find which scopes Box refuses. */
export type ChildKind = 'downscoped' | 'annotator' | 'probe';

const childSchema = v.looseObject({
  token: text,
  /** The sign-in that it comes from, as `signInOf` gives it. */
  signIn: text,
  /** A {@link ChildKind}, or one that a later version has. */
  kind: text,
  /** When it ends by Box's clock, in ms since the epoch; left out where Box did not tell its time. */
  endsAt: v.optional(v.number()),
});

/** Fields that a newer version has added are kept, so that a window with this version does not lose them. */
const childrenSchema = v.looseObject({
  origins: originsSchema,
  clientId: text,
  appName: text,
  /** Whose tokens they are, for people. */
  label: text,
  tokens: v.array(childSchema),
});

/** A token that was made from a session's access token (RFC 8693). */
export type Child = v.InferOutput<typeof childSchema>;

/** The tokens that were made from a session and may live, as they are stored. */
export type Children = v.InferOutput<typeof childrenSchema>;

/** What the tokens of one session have in common: the app that can revoke them, and whose they are. */
export type Family = Pick<Children, 'origins' | 'clientId' | 'appName' | 'label'>;

/** How they are stored, each record under the session's id. */
export const CHILDREN_KIND: RecordKind<Children> = {
  prefix: 'children',
  schema: childrenSchema,
};

/** What the tokens that are made from a session have in common. */
export function familyOf({ origins, clientId, appName, account }: LiveSession): Family {
  return { origins, clientId, appName, label: account.label };
}

/**
 * What is remembered of a token.
 * @param serverTime the time by Box's clock, in ms since the epoch, where it is known.
 */
export function childOf(
  parent: LiveSession,
  { accessToken, expiresIn }: TokenPair,
  kind: ChildKind,
  serverTime: number | undefined,
): Child {
  return {
    token: accessToken,
    signIn: signInOf(parent),
    kind,
    ...(serverTime !== undefined && { endsAt: serverTime + expiresIn * 1000 }),
  };
}

/** By so much the times of two answers may differ from their moments, in ms: `Date` has whole seconds. */
const TOLERANCE_MS = 60_000;

/** Those that may live. That one has ended, Box's clock alone tells; where it is not known, all may live. */
export function unexpired(children: readonly Child[], serverTime: number | undefined): readonly Child[] {
  if (serverTime === undefined) return children;
  return children.filter(({ endsAt = Infinity }) => endsAt + TOLERANCE_MS > serverTime);
}

/** Both together, each token once. */
export function merged(some: readonly Child[], more: readonly Child[]): readonly Child[] {
  const known = new Set(some.map(({ token }) => token));
  return [...some, ...more.filter(({ token }) => !known.has(token))];
}
