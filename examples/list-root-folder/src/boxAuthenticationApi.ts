// What `vscode.extensions.getExtension('vscode-box.box-authentication').exports` is. Copy this file into your extension.
import type * as vscode from 'vscode';

/**
 * Says what to do about refusals of Box's API, and tells of a session's token. Tokens themselves come from
 * `vscode.authentication.getSession('box', scopes)` alone, where the user consents.
 */
export interface BoxAuthenticationApi {
  /** Stays 1 while everything below keeps its meaning. Properties and actions may be added: ignore unknown ones. */
  readonly version: 1;

  /**
   * Reads a refusal of Box's API. Call it for each answer with a status of 400 or more, before trying again.
   *
   * With the session that was used, a 401 has a consequence: the next `getSession` that serves it brings another
   * token. Without it nothing can be replaced, and the advice is `none`: pass `session`. Sends no request and never
   * rejects, whatever is passed.
   */
  readonly explain: (refusal: BoxRefusal) => Promise<BoxAdvice>;

  /**
   * How long the token of a session still works, in ms: 0 when the next `getSession` brings another one.
   * `undefined` for a session that has ended or is not known.
   */
  readonly lifetimeLeft: (sessionId: string) => number | undefined;

  /**
   * Fires when a session that was there before has another token, in whichever window it was renewed. Call
   * `getSession` for the token. Added and removed sessions are told by `vscode.authentication.onDidChangeSessions`.
   */
  readonly onDidChangeToken: vscode.Event<BoxTokenChange>;
}

/** An answer of Box's API with a status of 400 or more, as far as it is known. */
export interface BoxRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The `WWW-Authenticate` header, once or as often as it came. Box leaves it out at times. */
  readonly wwwAuthenticate?: string | readonly string[] | null | undefined;
  /** `code` of the JSON body. Box leaves the body out at times. */
  readonly code?: string | null | undefined;
  /** The `retry-after` header. */
  readonly retryAfter?: string | null | undefined;
  /** The call that was refused, by which the scope that it needs can be told: Box does not name it. */
  readonly request?: { readonly method: string; readonly url: string } | undefined;
  /** The session as `getSession` gave it for this call. Its token is compared, and neither kept nor logged. */
  readonly session?: Pick<vscode.AuthenticationSession, 'id' | 'accessToken'> | null | undefined;
}

/** What to do about a refusal. */
export type BoxAdvice = BoxAction & {
  /** The same for a person, in the language of VS Code: what happened, why, and what to do next. */
  readonly message: string;
};

/** What to do next, as a program reads it. */
export type BoxAction =
  /** Call `getSession` again and repeat the call once with its token. If that is refused too, ask again. */
  | { readonly action: 'refreshAndRetryOnce' }
  /** Ask for a session with these scopes too. None where it cannot be told which one is missing. Do not refresh. */
  | { readonly action: 'askForScopes'; readonly scopes: readonly string[] }
  /** Call `getSession` with `forceNewSession`, or leave it to the user. */
  | { readonly action: 'signInAgain' }
  /** Show the message: only a person can mend this. Do not retry by yourself. */
  | { readonly action: 'askPerson'; readonly state: BoxPersonalState }
  /** Repeat the call later: in so many ms, where Box says. */
  | { readonly action: 'wait'; readonly milliseconds?: number }
  /** Nothing about the session would help: the refusal is about the call itself. */
  | { readonly action: 'none' };

/** Box's code for what is the matter with the account, the company's rules or the user's permissions. */
export type BoxPersonalState =
  | 'access_denied'
  | 'access_denied_insufficient_permissions'
  | 'access_from_location_blocked'
  | 'error_access_from_ip_not_allowed'
  | 'forbidden_by_policy'
  | 'grace_period_expired'
  | 'no_credit_card_trial_ended'
  | 'password_reset_required'
  | 'service_blocked'
  | 'terms_of_service_required'
  | 'unauthorized_device'
  | 'user_email_confirmation_required';

/** A session that has another token than before. */
export interface BoxTokenChange {
  readonly sessionId: string;
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly scopes: readonly string[];
}
