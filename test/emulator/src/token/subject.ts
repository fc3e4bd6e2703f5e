import { demandTokenAccess } from '../accountStates';
import type { Model } from '../model';
import { invalidRequest } from '../oauthError';
import type { EmulatorApp, EmulatorUser } from '../types';

const userTokenError = (): Error =>
  invalidRequest('Cannot obtain user token based on the enterprise configuration for your app');

/**
 * Who a server-side token is for: the app's service account, or a user of its enterprise if the app may act for
 * users, and for this one at its access level. Undefined when there is nobody with that type and id.
 */
export function subjectOf(
  model: Model,
  app: EmulatorApp,
  type: string,
  id: string,
  accessLevelError: () => Error = userTokenError,
): EmulatorUser | undefined {
  if (type === 'enterprise') return id === app.enterpriseId ? model.serviceAccountOf(app) : undefined;
  if (type !== 'user') return undefined;
  if (!app.userAccessTokens) {
    throw userTokenError();
  }
  const user = model.users.get(id);
  if (user?.enterprise?.id !== app.enterpriseId) return undefined;
  if (app.accessLevel === 'app' && !user.isPlatformAccessOnly) throw accessLevelError();
  demandTokenAccess(user);
  return user;
}
