import { authenticateClient } from '../clientAuthentication';
import type { EmulatorRequest } from '../http';
import type { Model } from '../model';
import { oauthError } from '../oauthError';
import type { EmulatorApp, GrantType } from '../types';

/** Throws unless an app may use a grant and its enterprise's administrator allows the app. */
export function demandGrant(model: Model, app: EmulatorApp, grantType: GrantType): void {
  if (!app.grantTypes.includes(grantType)) {
    const description = 'The grant type is unauthorized for this client_id';
    throw oauthError(model.switches.wrongGrantError, description);
  }
  if (!app.enabledByAdmin) {
    throw oauthError('unauthorized_client', 'This app is not authorized by the enterprise admin');
  }
}

/** The app that authenticates with a request and may use the grant. */
export function clientOfGrant(model: Model, request: EmulatorRequest, grantType: GrantType): EmulatorApp {
  const app = authenticateClient(model, request);
  demandGrant(model, app, grantType);
  return app;
}
