import { createHash } from 'node:crypto';
import { demandTokenAccess } from '../accountStates';
import type { AuthorizationCode } from '../authorize/code';
import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { invalidGrant, missingParameter } from '../oauthError';
import { killGrant } from '../revoke';
import { tokenReply } from './answer';
import { clientOfGrant } from './client';

const invalidCode = (): Error => invalidGrant("Auth code doesn't exist or is invalid for the client");

function usableCode(model: Model, value: string, clientId: string): AuthorizationCode {
  const code = model.codes.get(value);
  if (code?.clientId !== clientId) throw invalidCode();
  if (code.exchangedFor !== undefined) {
    if (model.switches.codeReplayRevokes) killGrant(code.exchangedFor);
    throw invalidCode();
  }
  if (code.expiresAt <= model.clock.now()) throw invalidGrant('The authorization code has expired');
  return code;
}

function checkRedirectUri(model: Model, code: AuthorizationCode, redirectUri: string | undefined): void {
  const mode = model.switches.redirectUriAtToken;
  if (mode === 'ignore') return;
  if (redirectUri === undefined && mode === 'required') throw missingParameter('redirect_uri');
  if (redirectUri !== undefined && redirectUri !== code.redirectUri) throw invalidCode();
}

function checkCodeVerifier(model: Model, code: AuthorizationCode, verifier = ''): void {
  if (model.switches.pkce === 'ignore' || code.codeChallenge === undefined) return;
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  if (challenge !== code.codeChallenge) throw invalidCode();
}

/** The authorization code grant (RFC 6749 §4.1.3) with the code verifier of RFC 7636 §4.6. */
export function authorizationCodeGrant(model: Model, request: EmulatorRequest): Reply {
  const app = clientOfGrant(model, request, 'authorization_code');
  const value = request.form.get('code');
  if (value === undefined) throw missingParameter('code');
  const code = usableCode(model, value, app.clientId);
  checkRedirectUri(model, code, request.form.get('redirect_uri'));
  checkCodeVerifier(model, code, request.form.get('code_verifier'));
  const user = model.users.get(code.userId);
  if (user === undefined) throw invalidCode();
  demandTokenAccess(user);
  const { clientId, userId, scopes } = code;
  const pair = model.issuePair({ clientId, userId, scopes });
  code.exchangedFor = pair;
  model.recorder.counters.codesExchanged += 1;
  return tokenReply(model, pair.access, pair.refresh);
}
