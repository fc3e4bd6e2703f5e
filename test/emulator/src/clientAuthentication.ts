import type { IncomingHttpHeaders } from 'node:http';
import type { EmulatorRequest } from './http';
import type { Model } from './model';
import { invalidClient, invalidRequest } from './oauthError';
import type { EmulatorApp } from './types';

/** A client's id and secret as a request carries them. */
export interface ClientCredentials {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};

/** Reads HTTP Basic client authentication (RFC 6749 §2.3.1); undefined when there is none. */
export function readBasicCredentials(headers: IncomingHttpHeaders): ClientCredentials | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=_-]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId: decode(id), clientSecret: decode(secret.join(':')) };
}

/** The credentials in the body or, if there are none, in the header; throws when both are there (RFC 6749 §2.3). */
export function readClientCredentials(
  request: EmulatorRequest,
): ClientCredentials & { method: 'post' | 'basic' } {
  const basic = readBasicCredentials(request.headers);
  const clientSecret = request.form.get('client_secret');
  if (basic === undefined) return { clientId: request.form.get('client_id'), clientSecret, method: 'post' };
  if (clientSecret !== undefined) throw invalidRequest('More than one client authentication was used');
  return { ...basic, method: 'basic' };
}

/** The app that a request authenticates as; throws `invalid_client` when it does not. */
export function authenticateClient(model: Model, request: EmulatorRequest): EmulatorApp {
  const { clientId, clientSecret, method } = readClientCredentials(request);
  const app = model.apps.get(clientId ?? '');
  const methodAllowed = method === 'post' || model.switches.clientAuth === 'post+basic';
  if (app === undefined || clientSecret !== app.clientSecret || !methodAllowed) throw invalidClient();
  return app;
}
