import { sign } from 'node:crypto';
import { randomToken } from './authorizationRequest';
import type { JwtAlgorithm } from './jwtAlgorithms';
import { openPrivateKey } from './privateKey';

/** What an app with server authentication (JWT) signs with: `appAuth` of Box's `config.json`. */
export interface JwtKey {
  /** PEM, as {@link openPrivateKey} takes it. */
  readonly privateKey: string;
  readonly passphrase?: string | undefined;
  /** Box's id of the public key. Box can do without while the app has one key. */
  readonly publicKeyId?: string | undefined;
  /** RS256 unless given, as Box's SDKs sign. */
  readonly algorithm?: JwtAlgorithm | undefined;
}

/** Whom an assertion is about, in Box's claims. */
export interface AssertionSubject {
  readonly sub: string;
  readonly box_sub_type: 'enterprise' | 'user' | 'external';
  /** An annotator's display name. */
  readonly name?: string;
}

/** Makes an assertion about a subject at a time in ms since the epoch. */
export type AssertionSigner = (subject: AssertionSubject, now: number) => string;

/** Whom assertions are for: this address everywhere, wherever they are sent (Box guide on JWT without SDK). */
const AUDIENCE = 'https://api.box.com/oauth2/token';
/** Life of an assertion in seconds; Box takes 60 at most. */
const LIFE_S = 45;

/**
 * Opens a key, to sign the assertions of an app with (RFC 7523 §3). Each assertion has a `jti` of its own and ends
 * after 45 s. It has no `iat`: Box wants none, and refuses one that is a second ahead of its own clock.
 * @param clientId the app's client ID, which is the issuer.
 * @throws JwtKeyError
 */
export function assertionSigner(clientId: string, key: JwtKey): AssertionSigner {
  const { algorithm = 'RS256', publicKeyId } = key;
  const privateKey = openPrivateKey(key.privateKey, key.passphrase);
  const header = { alg: algorithm, typ: 'JWT', kid: publicKeyId };
  return (subject, now) => {
    const exp = Math.floor(now / 1000) + LIFE_S;
    const claims = { iss: clientId, ...subject, aud: AUDIENCE, jti: randomToken(), exp };
    const input = `${encoded(header)}.${encoded(claims)}`;
    const signature = sign(algorithm.replace('RS', 'sha'), Buffer.from(input), privateKey);
    return `${input}.${signature.toString('base64url')}`;
  };
}

/** A part of a compact JWS (RFC 7515 §3.1). */
function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
