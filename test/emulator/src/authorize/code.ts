import { alphanumeric } from '../random';
import type { Model } from '../model';
import type { TokenPair } from '../tokens';
import type { AuthorizationRequest } from './request';

/** An authorization code (RFC 6749 §4.1.2) and everything it is bound to. Times are milliseconds since the epoch. */
export interface AuthorizationCode {
  readonly value: string;
  readonly clientId: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly codeChallenge: string | undefined;
  readonly expiresAt: number;
  /** What the code was exchanged for; undefined until then. */
  exchangedFor: TokenPair | undefined;
}

/** Issues the code that a user's consent to a request gives. */
export function issueCode(model: Model, request: AuthorizationRequest, userId: string): AuthorizationCode {
  const { clientId, redirectUri = '', scopes, codeChallenge } = request;
  const expiresAt = model.clock.now() + model.switches.codeTtl * 1000;
  const bound = { clientId, redirectUri, scopes, codeChallenge, userId };
  const code = { value: alphanumeric(32), ...bound, expiresAt, exchangedFor: undefined };
  model.codes.set(code.value, code);
  model.recorder.keepSecret(code.value);
  return code;
}
