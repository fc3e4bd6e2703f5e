import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  authorizationUrl,
  codeChallenge,
  randomToken,
  type AuthorizationRequest,
} from '../../../src/box/authorizationRequest';
import { anyText, SAME_VALUES } from '../support/property';

const ENDPOINT = 'https://account.box.com/api/oauth2/authorize';
// RFC 7636, Appendix B.
const CODE_VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const REQUEST: AuthorizationRequest = {
  clientId: 'client1',
  redirectUri: 'https://vscode.dev/redirect',
  state: 'state1',
  codeVerifier: CODE_VERIFIER,
  scopes: [],
};

const parametersOf = (request: AuthorizationRequest): [string, string][] => [
  ...new URL(authorizationUrl(ENDPOINT, request)).searchParams,
];

describe('codeChallenge', () => {
  it('gives the S256 challenge of RFC 7636, Appendix B', () => {
    assert.equal(codeChallenge(CODE_VERIFIER), CODE_CHALLENGE);
  });
});

describe('randomToken', () => {
  it('gives 32 bytes in base64url, which a code verifier can be', () => {
    const token = randomToken();
    assert.match(token, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(token, 'base64url').length, 32);
  });

  it('never gives the same twice', () => {
    assert.equal(new Set(Array.from({ length: 1000 }, randomToken)).size, 1000);
  });
});

describe('authorizationUrl', () => {
  it('begins with the endpoint', () => {
    assert.ok(authorizationUrl(ENDPOINT, REQUEST).startsWith(`${ENDPOINT}?`));
  });

  it('asks for a code with state, redirect URI and PKCE, and for nothing else', () => {
    assert.deepEqual(Object.fromEntries(parametersOf(REQUEST)), {
      response_type: 'code',
      client_id: 'client1',
      redirect_uri: 'https://vscode.dev/redirect',
      state: 'state1',
      code_challenge: CODE_CHALLENGE,
      code_challenge_method: 'S256',
    });
  });

  it('keeps the code verifier to itself', () => {
    assert.ok(!authorizationUrl(ENDPOINT, REQUEST).includes(CODE_VERIFIER));
  });

  it('names the scopes that were asked for, separated by spaces', () => {
    const scopes = ['root_readonly', 'ai.readwrite'];
    const url = authorizationUrl(ENDPOINT, { ...REQUEST, scopes });
    assert.equal(new URL(url).searchParams.get('scope'), 'root_readonly ai.readwrite');
    assert.ok(url.includes('scope=root_readonly%20ai.readwrite'));
  });

  it('fills in the login that is known', () => {
    const url = authorizationUrl(ENDPOINT, { ...REQUEST, login: 'dana+box@example.com' });
    assert.equal(new URL(url).searchParams.get('box_login'), 'dana+box@example.com');
  });

  it('keeps an address within a parameter apart from its own', () => {
    const state = 'vscode://vscode-box.box-authentication/callback?nonce=a%20b&windowId=1#x';
    const redirectUri = 'http://127.0.0.1:17160/callback?client_id=other&scope=all';
    const url = new URL(authorizationUrl(ENDPOINT, { ...REQUEST, state, redirectUri }));
    assert.equal(url.searchParams.get('state'), state);
    assert.equal(url.searchParams.get('redirect_uri'), redirectUri);
    assert.deepEqual(url.searchParams.getAll('client_id'), ['client1']);
    assert.deepEqual(
      [url.searchParams.has('scope'), url.searchParams.has('nonce'), url.hash],
      [false, false, ''],
    );
  });

  it('parses back to exactly the parameters that were given', () => {
    const requests = fc.record(
      {
        clientId: anyText,
        redirectUri: anyText,
        state: anyText,
        codeVerifier: anyText,
        scopes: fc.array(anyText),
        login: anyText,
      },
      { requiredKeys: ['clientId', 'redirectUri', 'state', 'codeVerifier', 'scopes'] },
    );
    fc.assert(
      fc.property(requests, (request) => {
        const { clientId, redirectUri, state, codeVerifier, scopes, login } = request;
        const expected = [
          ['response_type', 'code'],
          ['client_id', clientId],
          ['redirect_uri', redirectUri],
          ['state', state],
          ['code_challenge', codeChallenge(codeVerifier)],
          ['code_challenge_method', 'S256'],
          ...(scopes.length > 0 ? [['scope', scopes.join(' ')]] : []),
          ...(login === undefined ? [] : [['box_login', login]]),
        ];
        assert.deepEqual(parametersOf(request).sort(), expected.sort());
      }),
      SAME_VALUES,
    );
  });
});
