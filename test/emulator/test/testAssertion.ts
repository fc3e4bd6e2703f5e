import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { BoxConfigFile } from '../src';

/** The grant type of an assertion (RFC 7523 §2.1), as a form's parameter. */
export const JWT_BEARER = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' } as const;

/** What a test changes of an assertion that is otherwise right; `key` signs it instead of the app's own. */
export interface AssertionChanges {
  readonly claims?: JWTPayload;
  readonly header?: JWTHeaderParameters;
  readonly key?: ReturnType<typeof createPrivateKey>;
  /** Seconds by which the signer's clock is ahead. */
  readonly skew?: number;
}

/** Signs an assertion for the service account of an app, as Box's guide says to: RS512, `kid`, 45 seconds. */
export function signAssertion(config: BoxConfigFile, changes: AssertionChanges = {}): Promise<string> {
  const { claims = {}, header = {}, skew = 0 } = changes;
  const { clientID, appAuth } = config.boxAppSettings;
  const now = Math.floor(Date.now() / 1000) + skew;
  const defaults = {
    iss: clientID,
    sub: config.enterpriseID,
    box_sub_type: 'enterprise',
    aud: 'https://api.box.com/oauth2/token',
    jti: randomUUID(),
    exp: now + 45,
  };
  const key = changes.key ?? createPrivateKey({ key: appAuth.privateKey, passphrase: appAuth.passphrase });
  return new SignJWT({ ...defaults, ...claims })
    .setProtectedHeader({ alg: 'RS512', typ: 'JWT', kid: appAuth.publicKeyID, ...header })
    .sign(key);
}
