import { callbackIn } from '../redirectPage';
import { formActionSource } from '../redirectUri';
import type { AuthorizationRequest } from './request';

/**
 * Where the answer to a page's form may lead: the redirect URI and, since the redirect page forwards at once, the
 * callback in `state`. Chromium applies `form-action` to every redirect that follows a form.
 */
export function formActionsOf({ redirectUri, state }: AuthorizationRequest): string[] {
  const targets = [redirectUri, callbackIn(state)];
  return targets.filter((uri) => uri !== undefined).map(formActionSource);
}
