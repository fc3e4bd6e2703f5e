/** Names of the environment variables by which a program in a terminal finds the window and the window knows it. */
export const VARIABLES = {
  /** Where the window listens: a socket, or a named pipe on Windows. */
  address: 'BOX_TOKEN_ADDRESS',
  /** What authenticates programs in all terminals of the window. */
  key: 'BOX_TOKEN_KEY',
  /** The same for one terminal that was opened for an account. It goes before the window’s. */
  terminalKey: 'BOX_TOKEN_TERMINAL_KEY',
  /** The program that runs `box-token`: VS Code’s own Node.js. */
  node: 'BOX_TOKEN_NODE',
  /** What `box-token run` gives its command. */
  accessToken: 'BOX_ACCESS_TOKEN',
} as const;

/** What the launcher takes out of the environment for itself, under the names by which it keeps them for others. */
export const SET_ASIDE = {
  ELECTRON_RUN_AS_NODE: 'BOX_TOKEN_KEPT_ELECTRON_RUN_AS_NODE',
  NODE_OPTIONS: 'BOX_TOKEN_KEPT_NODE_OPTIONS',
} as const;

/** How `box-token` exits where it gives no token. */
export const EXIT = {
  /** Box cannot be reached, or refuses. */
  failed: 1,
  wrongUsage: 2,
  /** Nobody is signed in, or the account needs a new sign-in. */
  signInNeeded: 3,
  /** The person did not allow it, or did not answer. */
  notAllowed: 4,
  /** There is no window to ask, or it does not know this terminal any more. */
  noWindow: 5,
} as const;

/** Any of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Raised when a window and a `box-token` of different versions could misunderstand each other. */
export const PROTOCOL_VERSION = 1;

/** What `box-token` asks the window, as one line of JSON. */
export interface Question {
  readonly version: typeof PROTOCOL_VERSION;
  readonly key: string;
  /** Login or ID of the account; left out for the one that the window prefers. */
  readonly account?: string;
  readonly scopes: readonly string[];
  /** The address of the only file, folder or shared link that the token is for. */
  readonly resource?: string;
  /** What the program that asks calls itself. */
  readonly program: string;
}

/** A token that was given. The names are those of RFC 6749 §5.1, where it has one. */
export interface GivenToken {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** ISO 8601, UTC. */
  readonly expires_at: string;
  /** The label of the account. */
  readonly account: string;
  /** What the token can be used for, with a space between; empty for everything that the session may do. */
  readonly scope: string;
}

/** That none was given. */
export interface Refusal {
  readonly exit: ExitCode;
  /** What happened and what to do, in one line. */
  readonly message: string;
}

/** What the window answers, as one line of JSON. */
export type Answer = GivenToken | Refusal;

/** Longest question, in bytes. */
export const LONGEST_QUESTION = 16_384;
/** Longest answer, in bytes. */
export const LONGEST_ANSWER = 65_536;
/** How long `box-token` waits for an answer, in ms: longer than the window lets a person and Box take. */
export const LONGEST_WAIT_MS = 150_000;

/** What stands in the first line of a text, without what a terminal would obey. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
