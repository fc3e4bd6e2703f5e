import type { BoxApp } from '../apps/app';
import type { BoxError, JwtKeyErrorCode } from '../box/errors';
import type { SignInMethodName } from '../signIn/signInMethod';

/** How one line of a check came out. */
export type Verdict =
  /** It is as it should be. */
  | 'ok'
  /** It works, or may work, and is worth a look. */
  | 'warning'
  /** It does not work. */
  | 'problem'
  /** It cannot be found out from here: Box's documents leave it open, or something else is wrong first. */
  | 'unknown';

/** What one line of a check is about, in the order of the report. */
export const TOPICS = [
  'apiServer',
  'signInServer',
  'clock',
  'credentials',
  'appType',
  'key',
  'authorization',
  'subject',
  'userTokens',
  'accessLevel',
  'scopes',
  'redirectUri',
  'signInMethod',
  'ports',
  'secretStorage',
  'folder',
  'windows',
  'revocations',
] as const;

/** See {@link TOPICS}. */
export type Topic = (typeof TOPICS)[number];

/** The subject of a server-side app, as far as a report may name it: an enterprise's ID names no person. */
export type SubjectKind = 'enterprise' | 'user';

/** Why the first sign-in method of a place is the first. */
export type MethodReason =
  'setting' | 'worked' | 'own_page' | 'page_forwards' | 'same_computer' | 'nothing_else';

/** A port that cannot be listened on, with the system's error code. */
export interface BlockedPort {
  readonly port: number;
  readonly systemCode: string;
}

type None = Readonly<Record<string, never>>;

/** What can be found, by code, with the facts that its words need. None of them is secret or names a person. */
export interface FindingFacts {
  /** Box answered at this host. */
  server_reached: { readonly host: string; readonly proxy: string | undefined };
  /** No answer, or one that asks to try again, or that a proxy gave. */
  server_failed: { readonly host: string; readonly error: BoxError; readonly proxy: string | undefined };
  /** Somebody else answered. */
  server_strange: { readonly host: string; readonly status: number };
  /** A request for a token got no answer of Box. */
  token_failed: { readonly error: BoxError };

  clock_right: None;
  /** By how much this computer is wrong, in seconds: above zero it is ahead. */
  clock_wrong: { readonly seconds: number };
  clock_unknown: None;
  /** Box refused the time in what the app signed. */
  clock_refused: None;

  credentials_accepted: None;
  credentials_refused: { readonly looksLikeClientId: boolean };
  secret_missing: None;
  secret_unreadable: None;

  type_right: { readonly type: BoxApp['authMethod'] };
  type_wrong: {
    readonly setting: BoxApp['authMethod'];
    /** What the app is at Box, as far as that shows. */
    readonly atBox: BoxApp['authMethod'] | undefined;
  };

  key_right: { readonly keyId: string };
  key_missing: None;
  key_unusable: { readonly problem: JwtKeyErrorCode };
  key_id_unknown: { readonly keyId: string };
  key_mismatch: { readonly keyId: string };

  authorized: None;
  not_authorized: None;
  /** Box asks the company of whoever signs in, and tells on its page only. */
  authorization_of_users: None;

  subject_right: { readonly kind: SubjectKind };
  subject_missing: None;
  /** The enterprise ID is 0: the Box account has no enterprise, and so the app no service account. */
  subject_no_enterprise: None;
  /** Box refused what the app signed, for the app or the subject that it names. */
  assertion_refused: { readonly error: BoxError };
  subject_refused: { readonly kind: SubjectKind };
  /** Box has one answer for several causes. */
  grant_refused: { readonly kind: SubjectKind; readonly serviceAccountWorks: boolean };

  user_tokens_on: None;
  /** @remarks `isSure`: whether Box said so, or it is one of the causes that remain. */
  user_tokens_off: { readonly isSure: boolean };
  user_tokens_not_needed: None;

  access_level_enough: None;
  access_level_low: { readonly isSure: boolean };
  access_level_not_needed: None;
  /** The app may not act as its service account: Box has one answer for several causes. */
  service_account_refused: None;

  scopes_given: { readonly scopes: readonly string[] };
  scopes_refused: { readonly scopes: readonly string[]; readonly given: readonly string[] };
  /** Box's answers do not list scopes. */
  scopes_untold: None;
  /** Box gives no downscoped token with them, which would show whether the app has them. */
  scopes_not_exchangeable: { readonly scopes: readonly string[] };

  redirect_uri_accepted: { readonly uri: string };
  /** @remarks `isFirst`: whether it is the one that a sign-in sends first. */
  redirect_uri_refused: { readonly uri: string; readonly isFirst: boolean };
  /** Box's page does not say before somebody has signed in there. */
  redirect_uri_untold: { readonly uri: string };

  method_chosen: {
    readonly method: SignInMethodName;
    readonly reason: MethodReason;
    readonly others: readonly SignInMethodName[];
  };

  ports_free: { readonly ports: readonly number[] };
  ports_blocked: { readonly free: readonly number[]; readonly blocked: readonly BlockedPort[] };
  ports_none: { readonly blocked: readonly BlockedPort[] };
  ports_not_used: None;

  secrets_readable: None;
  secrets_failing: { readonly code: string };
  /** Sessions that could not be stored and end with this window. */
  sessions_unsaved: { readonly count: number };

  folder_writable: None;
  folder_failing: { readonly systemCode: string };

  /** What is stored is seen by every window at once. */
  windows_share: None;
  /** Each page of a browser has its own copy, and they tell each other. */
  windows_share_in_browser: None;
  windows_stale: None;
  /** So many stores were in use within a day, where one is expected. */
  windows_apart: { readonly stores: number };
  /** Nothing was stored yet, so that there is nothing to share. */
  windows_untold: None;

  revocations_none: None;
  revocations_waiting: { readonly count: number };

  /** Box gave an answer that tells nothing of this. */
  unclear: { readonly error: BoxError };
  /** Something else has to be right before this can be looked at. */
  not_checked: { readonly until: Topic };
}

/** See {@link FindingFacts}. */
export type FindingCode = keyof FindingFacts;

/** What was found of one kind. */
export interface FindingOf<Code extends FindingCode> {
  readonly topic: Topic;
  readonly verdict: Verdict;
  readonly code: Code;
  readonly facts: FindingFacts[Code];
}

/** One line of a check. */
export type Finding = { [Code in FindingCode]: FindingOf<Code> }[FindingCode];

/** Everything that a check found, in the order of {@link TOPICS}. */
export interface AppReport {
  readonly app: BoxApp;
  readonly findings: readonly Finding[];
}

type Rest<Code extends FindingCode> = FindingFacts[Code] extends None ? [] : [facts: FindingFacts[Code]];

function finding(verdict: Verdict) {
  return <Code extends FindingCode>(topic: Topic, code: Code, ...[facts]: Rest<Code>): Finding =>
    ({ topic, verdict, code, facts: facts ?? {} }) as Finding;
}

/** Makes a line that is as it should be. */
export const ok = finding('ok');
/** Makes a line that is worth a look. */
export const warning = finding('warning');
/** Makes a line that does not work. */
export const problem = finding('problem');
/** Makes a line that cannot be checked. */
export const unknown = finding('unknown');

/** Makes lines that cannot be checked before another is right. */
export function notChecked(until: Topic, ...topics: readonly Topic[]): Finding[] {
  return topics.map((topic) => unknown(topic, 'not_checked', { until }));
}
