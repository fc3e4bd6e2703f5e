import { createPublicKey, verify } from 'node:crypto';
import type { Model } from '../model';
import { invalidGrant } from '../oauthError';
import type { EmulatorApp } from '../types';

/** The claims of an assertion (RFC 7523 §3), with Box's own `box_sub_type`; each of any type until it is checked. */
export type Claims = Readonly<Record<string, unknown>>;

interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signingInput: string;
  readonly signature: Buffer;
}

/** Box's token endpoint as every client names it, wherever it really sends the assertion. */
const AUDIENCE = 'https://api.box.com/oauth2/token';
const MAXIMUM_LIFE = 60;
const DIGESTS: Readonly<Record<string, string>> = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' };

const checkClaim = (name: string, more = ''): Error =>
  invalidGrant(`Please check the '${name}' claim.${more}`);

const badSignature = (): Error =>
  invalidGrant(
    'Signature verification error. The public key identified by "kid" must correspond to the private key used for signing',
  );

function decodePart(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function decodeJwt(assertion: string): Jwt {
  const [header = '', claims = '', signature = ''] = assertion.split('.');
  return {
    header: decodePart(header),
    claims: decodePart(claims),
    signingInput: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** The key that a header names; without a `kid`, the app's only key, as Box's SDK sends none. */
function publicKeyOf(app: EmulatorApp, kid: unknown): string {
  const [first, ...others] = app.publicKeys;
  const key =
    kid === undefined && others.length === 0 ? first : app.publicKeys.find((entry) => entry.kid === kid);
  if (key === undefined) throw invalidGrant('"kid" invalid, unable to lookup correct key');
  return key.pem;
}

function checkSignature(app: EmulatorApp, { header, signingInput, signature }: Jwt): void {
  const pem = publicKeyOf(app, header['kid']);
  const digest = DIGESTS[String(header['alg'])];
  if (digest === undefined) throw badSignature();
  if (!verify(digest, Buffer.from(signingInput), createPublicKey(pem), signature)) throw badSignature();
}

/** Checks `exp`, `nbf` and `iat` (RFC 7519 §4.1) without any tolerance; times are in seconds. */
function checkTimes(
  { exp, nbf, iat }: Claims & { exp?: unknown; nbf?: unknown; iat?: unknown },
  now: number,
): void {
  if (typeof exp !== 'number') throw checkClaim('exp');
  if (exp <= now) {
    throw invalidGrant("Current date/time MUST be before the expiration date/time listed in the 'exp' claim");
  }
  if (exp > now + MAXIMUM_LIFE) {
    throw checkClaim(
      'exp',
      ` The 'exp' value exceeds the maximum value of ${MAXIMUM_LIFE} seconds beyond the issue time.`,
    );
  }
  if ([nbf, iat].some((time) => typeof time === 'number' && time > now)) {
    throw invalidGrant(
      "Current date/time MUST be after or equal to the not-before date/time listed in the 'nbf' or 'iat' claim",
    );
  }
}

/** Checks that `jti` is 16 to 128 characters that this app has not used before. */
function checkId(model: Model, clientId: string, jti: unknown): string {
  const unique = typeof jti === 'string' && jti.length >= 16 && jti.length <= 128;
  const id = `${clientId} ${String(jti)}`;
  if (!unique || model.assertionIds.has(id)) {
    throw checkClaim('jti', " A unique 'jti' value is required.");
  }
  return id;
}

function checkClaims(model: Model, app: EmulatorApp, claims: Claims): void {
  checkTimes(claims, model.clock.now() / 1000);
  if (claims['aud'] !== AUDIENCE) throw checkClaim('aud');
  if (typeof claims['sub'] !== 'string' || claims['sub'] === '') throw checkClaim('sub');
  model.assertionIds.add(checkId(model, app.clientId, claims['jti']));
}

/** Checks an assertion of an app: issuer, signature, then claims. Gives the claims; throws `invalid_grant`. */
export function checkAssertion(model: Model, app: EmulatorApp, assertion: string): Claims {
  const jwt = decodeJwt(assertion);
  if (jwt.claims['iss'] !== app.clientId) throw checkClaim('iss');
  checkSignature(app, jwt);
  checkClaims(model, app, jwt.claims);
  return jwt.claims;
}

/** As `checkAssertion`, but for an annotator's token, which Box's SDK does not sign (`alg` is `none`). */
export function checkActorToken(model: Model, app: EmulatorApp, actorToken: string): Claims {
  const jwt = decodeJwt(actorToken);
  if (jwt.claims['iss'] !== app.clientId) throw checkClaim('iss');
  const unsigned = jwt.header['alg'] === 'none' && jwt.signature.length === 0;
  if (!unsigned) checkSignature(app, jwt);
  checkClaims(model, app, jwt.claims);
  return jwt.claims;
}
