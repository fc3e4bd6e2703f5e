import { accessTokenGrant, type AccessTokenResponse, type BoxClientIdentity, type Sender } from './protocol';

/** Whom a token of a server-side app is for: its service account, by the enterprise's id, or a user. */
export interface GrantSubject {
  readonly type: 'enterprise' | 'user';
  readonly id: string;
}

/**
 * Asks for a token by the client's credentials alone (RFC 6749 §4.4), for the subject in Box's own parameters.
 * Throws what {@link accessTokenGrant} throws.
 */
export function clientCredentialsGrant(
  client: BoxClientIdentity,
  subject: GrantSubject,
  sender: Sender,
): Promise<AccessTokenResponse> {
  const parameters = { box_subject_type: subject.type, box_subject_id: subject.id };
  return accessTokenGrant(client, 'client_credentials', parameters, sender);
}

/**
 * Asks for a token by a signed assertion (RFC 7523 §2.1), which names the subject itself and can be sent only once.
 * Throws what {@link accessTokenGrant} throws.
 */
export function jwtBearerGrant(
  client: BoxClientIdentity,
  assertion: string,
  sender: Sender,
): Promise<AccessTokenResponse> {
  return accessTokenGrant(client, 'urn:ietf:params:oauth:grant-type:jwt-bearer', { assertion }, sender);
}
