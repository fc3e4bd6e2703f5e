/**
 * Everything that makes requests, in one place: it is loaded with the first of them and not when a window starts
 * (see `tools/lib/bundle.ts`).
 */
export * from './protocol';
export { exchangeRefusal } from './refusals';
export { requestIdOf, send } from './http';
export { retrying } from './retry';
export { atServerTime } from './serverClock';
export { assertionSigner } from './jwtAssertion';
export { clientCredentialsGrant, jwtBearerGrant } from './serverGrants';
export { tokenExchange } from './tokenExchange';
