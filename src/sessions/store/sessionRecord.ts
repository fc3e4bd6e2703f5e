import * as v from 'valibot';
import { sameBaseUrls, type BoxBaseUrls } from '../../box/endpoints';
import { originsSchema } from '../../box/originsSchema';
import type { TokenResponse } from '../../box/protocol';
import { restrictionSchema } from '../../box/restriction';
import type { RecordKind } from '../../storage/recordStore';

const text = v.pipe(v.string(), v.nonEmpty());

const tokenPairSchema = v.looseObject({
  accessToken: text,
  /** None for a credential that Box gives none for. */
  refreshToken: v.optional(text),
  /** Life that Box gave the access token, in s. */
  expiresIn: v.pipe(v.number(), v.minValue(0)),
  /** When the request that brought the pair was sent, in ms since the epoch: both lives count from here. */
  issuedAt: v.number(),
  /** What Box says that the tokens are restricted to; left out where it says nothing of it. */
  restrictedTo: v.optional(v.array(restrictionSchema)),
});

/** An access token, and its refresh token where there is one. */
export type TokenPair = v.InferOutput<typeof tokenPairSchema>;

/** Credentials other than a user's sign-in (OAuth 2.0), for which Box gives no refresh token. */
const SERVER_CREDENTIALS = ['clientCredentials', 'jwt'] as const;

/** How an app asks for tokens by itself (Box guide: authentication/select). */
export type ServerCredential = (typeof SERVER_CREDENTIALS)[number];

const sessionSchema = v.looseObject({
  id: text,
  /** How its tokens are got; left out for a user's sign-in. */
  credential: v.optional(v.picklist([...SERVER_CREDENTIALS, 'developerToken'])),
  /** Whom a server-side app acts as. */
  subject: v.optional(v.looseObject({ type: v.picklist(['enterprise', 'user']), id: text })),
  origins: originsSchema,
  clientId: text,
  appName: text,
  user: v.looseObject({
    id: text,
    login: text,
    name: v.string(),
    enterprise: v.optional(v.looseObject({ id: v.string(), name: v.string() })),
  }),
  /** The account as VS Code knows it, fixed at sign-in. */
  account: v.looseObject({ id: text, label: text }),
  /** What was asked for, verbatim. None: everything that the app has. */
  scopes: v.array(text),
  signedInAt: v.number(),
  /** The sign-in that the tokens come from, at random, kept over refreshes. Records of earlier versions have none. */
  signIn: v.optional(text),
  /** Null when the session has ended: it needs a new sign-in. */
  pair: v.nullable(tokenPairSchema),
  /**
   * Tokens of the session from before that Box lets live on, and until when, in ms since the epoch: access tokens of a
   * server-side app that were renewed before they ended, and what stands for a pair that a new sign-in replaced.
   */
  former: v.optional(v.array(v.looseObject({ token: text, endsAt: v.number() }))),
  /** Why it ended: Box refused its refresh token, somebody revoked it from here, or its only token expired. */
  ended: v.optional(v.picklist(['refused', 'revoked', 'expired'])),
});

/** A session as it is stored. */
export type SessionRecord = v.InferOutput<typeof sessionSchema>;

/** A session that has a pair. */
export type LiveSession = SessionRecord & { readonly pair: TokenPair };

/** How session records are stored. */
export const SESSION_KIND: RecordKind<SessionRecord> = {
  prefix: 'session',
  schema: sessionSchema,
};

/** The sign-in that a session's tokens come from. Records that name none give the same in every window. */
export function signInOf({ signIn, signedInAt }: SessionRecord): string {
  return signIn ?? `at-${signedInAt}`;
}

/** The record of a session that has ended. Tokens that a revocation ends are not kept. */
export function endedAs(record: SessionRecord, why: NonNullable<SessionRecord['ended']>): SessionRecord {
  const { former, ...rest } = record;
  const kept = why === 'revoked' || former === undefined ? {} : { former };
  return { ...rest, ...kept, pair: null, ended: why };
}

/** Whether Box, as far as is known here, still honors the session. */
export function isLive(session: SessionRecord): session is LiveSession {
  return session.pair !== null;
}

/** A session of an app that asks for tokens by itself. */
export type ServerSession = LiveSession & {
  readonly credential: ServerCredential;
  readonly subject: NonNullable<SessionRecord['subject']>;
};

/** Whether the session's tokens are asked for by the app itself. */
export function isServerSession(session: LiveSession): session is ServerSession {
  return session.subject !== undefined && SERVER_CREDENTIALS.some((each) => each === session.credential);
}

/** Whether it acts as the app's own user and not as a person. */
export function isServiceAccount({ subject }: SessionRecord): boolean {
  return subject?.type === 'enterprise';
}

/** Whether a new token can be had for the session: not for a developer token, which a person has to make. */
export function isRenewable({ credential }: SessionRecord): boolean {
  return credential !== 'developerToken';
}

/** The token that stands for the pair: it is told from others by it, and with it both are revoked. */
export function mainToken({ accessToken, refreshToken }: TokenPair): string {
  return refreshToken ?? accessToken;
}

/** Whether both are of the same app, user, scopes and Box: a sign-in then replaces the one by the other. */
export function isSameSession(a: SessionRecord, b: SessionRecord): boolean {
  return (
    a.clientId === b.clientId &&
    a.user.id === b.user.id &&
    sameBaseUrls(a.origins, b.origins) &&
    sameScopes(a.scopes, b.scopes)
  );
}

/** Whether both hold the same scopes, in any order. */
function sameScopes(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).size === new Set(b).size && a.every((scope) => b.includes(scope));
}

/** Whether the session belongs to the Box that the settings name: it is never used with another. */
export function isOf(session: SessionRecord, origins: BoxBaseUrls): boolean {
  return sameBaseUrls(session.origins, origins);
}

/**
 * The pair of a token answer.
 * @param sentAt when the request was sent, in ms since the epoch.
 */
export function tokenPair(
  { accessToken, refreshToken, expiresIn, restrictedTo }: TokenResponse,
  sentAt: number,
): TokenPair {
  return {
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    expiresIn,
    issuedAt: sentAt,
    ...(restrictedTo.length > 0 && { restrictedTo: [...restrictedTo] }),
  };
}

/** A refresh token lives 60 days (Box guide on refreshing), in ms. */
export const REFRESH_TOKEN_LIFE_MS = 60 * 24 * 3_600_000;

/**
 * The tokens of a session that live on when it has another pair.
 * @param now the time by Box's clock, in ms since the epoch: what has ended by then is left out. Undefined where it is
 * not known.
 */
export function formerTokens(
  session: SessionRecord,
  now: number | undefined,
): NonNullable<SessionRecord['former']> {
  const { pair, former = [] } = session;
  const all = pair === null || !isRenewable(session) ? former : [...former, formerOf(pair, now)];
  return all.filter(({ endsAt }) => now === undefined || endsAt > now);
}

/** It ends no later than a token that is issued now would: by which clock it was dated, nobody knows. */
function formerOf(pair: TokenPair, now = pair.issuedAt): { token: string; endsAt: number } {
  const endsAt = now + (pair.refreshToken === undefined ? pair.expiresIn * 1000 : REFRESH_TOKEN_LIFE_MS);
  return { token: mainToken(pair), endsAt };
}

/** When the access token ends, in ms since the epoch. */
export function endOf(pair: TokenPair): number {
  return pair.issuedAt + pair.expiresIn * 1000;
}

/** Life left of the access token in ms, negative once it has ended. */
export function lifeLeft(pair: TokenPair, now: number): number {
  return endOf(pair) - now;
}

/**
 * Whether a session that could not be stored counts although another window stored something under its key: that
 * window took the session for ended, because it could not see the pair.
 */
export function survivesEnd(_key: string, unsaved: object, stored: object): boolean {
  const [mine, theirs] = [v.safeParse(sessionSchema, unsaved), v.safeParse(sessionSchema, stored)];
  if (!mine.success || !theirs.success || !isLive(mine.output)) return false;
  return theirs.output.ended === 'refused' && signInOf(mine.output) === signInOf(theirs.output);
}
