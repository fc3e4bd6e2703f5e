import * as v from 'valibot';
import { sameOrigins, type BoxOrigins } from '../box/endpoints';
import type { TokenResponse } from '../box/protocol';
import type { RecordKind } from '../storage/recordStore';

const text = v.pipe(v.string(), v.nonEmpty());

const tokenPairSchema = v.object({
  accessToken: text,
  refreshToken: text,
  /** Life that Box gave the access token, in s. */
  expiresIn: v.pipe(v.number(), v.minValue(0)),
  /** When the request that brought the pair was sent, in ms since the epoch: both lives count from here. */
  issuedAt: v.number(),
});

/** An access token and its refresh token. */
export type TokenPair = v.InferOutput<typeof tokenPairSchema>;

const sessionSchema = v.object({
  id: text,
  origins: v.object({ account: text, api: text }),
  clientId: text,
  appName: text,
  user: v.object({
    id: text,
    login: text,
    name: v.string(),
    enterprise: v.optional(v.object({ id: v.string(), name: v.string() })),
  }),
  /** The account as VS Code knows it, fixed at sign-in. */
  account: v.object({ id: text, label: text }),
  /** What was asked for, verbatim. None: everything that the app has. */
  scopes: v.array(text),
  signedInAt: v.number(),
  /** Null when the session has ended: it needs a new sign-in. */
  pair: v.nullable(tokenPairSchema),
  /** Why it ended: Box refused its refresh token, or somebody revoked it from here. */
  ended: v.optional(v.picklist(['refused', 'revoked'])),
});

/** A session as it is stored. */
export type SessionRecord = v.InferOutput<typeof sessionSchema>;

/** A session that has a pair. */
export type LiveSession = SessionRecord & { readonly pair: TokenPair };

/** How session records are stored. */
export const SESSION_KIND: RecordKind<SessionRecord> = {
  prefix: 'session',
  version: 1,
  schema: sessionSchema,
};

/** Whether Box, as far as is known here, still honours the session. */
export function isLive(session: SessionRecord): session is LiveSession {
  return session.pair !== null;
}

/** Whether both are of the same app, user, scopes and Box: a sign-in then replaces the one by the other. */
export function isSameSession(a: SessionRecord, b: SessionRecord): boolean {
  return (
    a.clientId === b.clientId &&
    a.user.id === b.user.id &&
    sameOrigins(a.origins, b.origins) &&
    sameScopes(a.scopes, b.scopes)
  );
}

/** Whether both hold the same scopes, in any order. */
export function sameScopes(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((scope) => b.includes(scope));
}

/** Whether the session belongs to the Box that the settings name: it is never used with another. */
export function isOf(session: SessionRecord, origins: BoxOrigins): boolean {
  return sameOrigins(session.origins, origins);
}

/**
 * The pair of a token answer.
 * @param sentAt when the request was sent, in ms since the epoch.
 * @param previousRefreshToken kept when the answer brings none (RFC 6749 §6).
 * @returns undefined when there is no refresh token at all.
 */
export function tokenPair(
  answer: TokenResponse,
  sentAt: number,
  previousRefreshToken?: string,
): TokenPair | undefined {
  const refreshToken = answer.refreshToken ?? previousRefreshToken;
  if (refreshToken === undefined) return undefined;
  return { accessToken: answer.accessToken, refreshToken, expiresIn: answer.expiresIn, issuedAt: sentAt };
}

/** When the access token ends, in ms since the epoch. */
export function endOf(pair: TokenPair): number {
  return pair.issuedAt + pair.expiresIn * 1000;
}

/** Life left of the access token in ms, negative once it has ended. */
export function lifeLeft(pair: TokenPair, now: number): number {
  return endOf(pair) - now;
}
