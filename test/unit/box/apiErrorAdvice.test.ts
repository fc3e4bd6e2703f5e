import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  adviceOnApiError,
  PERSONAL_STATES,
  type ApiErrorAdvice,
  type Refusal,
} from '../../../src/box/apiErrorAdvice';
import { TestClient } from '../../emulator/test/testClient';
import { SEED, startEmulator, type Emulator } from '../../emulator/src';
import { anyText, SAME_VALUES } from '../support/property';

const NOW = Date.UTC(2026, 0, 15, 12);
const REFRESH: ApiErrorAdvice = { action: 'refreshAndRetryOnce' };
const NONE: ApiErrorAdvice = { action: 'none' };
const scopes = (...names: string[]): ApiErrorAdvice => ({ action: 'askForScopes', scopes: names });

const bearer = (error: string, more = ''): string =>
  `Bearer realm="Service", error="${error}", error_description="A sentence, with = and a comma."${more}`;

interface Row {
  readonly is: string;
  readonly refusal: Refusal;
  readonly advice: ApiErrorAdvice;
}

const TABLE: readonly Row[] = [
  { is: 'a 401 with nothing else', refusal: { status: 401 }, advice: REFRESH },
  { is: 'a 401 with an empty header', refusal: { status: 401, wwwAuthenticate: '' }, advice: REFRESH },
  { is: 'a 401 with a null header', refusal: { status: 401, wwwAuthenticate: null }, advice: REFRESH },
  { is: 'a 401 with a bare scheme', refusal: { status: 401, wwwAuthenticate: 'Bearer' }, advice: REFRESH },
  {
    is: 'a dead token',
    refusal: { status: 401, wwwAuthenticate: bearer('invalid_token') },
    advice: REFRESH,
  },
  { is: 'a dead token by its code', refusal: { status: 401, code: 'unauthorized' }, advice: REFRESH },
  {
    is: 'a call without a token',
    refusal: { status: 401, wwwAuthenticate: bearer('invalid_request') },
    advice: NONE,
  },
  {
    is: 'a token that came in two ways',
    refusal: { status: 400, wwwAuthenticate: bearer('invalid_request') },
    advice: NONE,
  },
  {
    is: 'a missing scope that nobody names',
    refusal: { status: 403, wwwAuthenticate: bearer('insufficient_scope') },
    advice: scopes(),
  },
  {
    is: 'a missing scope by the code',
    refusal: { status: 403, code: 'insufficient_scope' },
    advice: scopes(),
  },
  {
    is: 'missing scopes that the header names',
    refusal: {
      status: 403,
      wwwAuthenticate: bearer('insufficient_scope', ', scope="root_readwrite ai.readwrite root_readwrite"'),
      request: { method: 'GET', url: '/2.0/webhooks' },
    },
    advice: scopes('root_readwrite', 'ai.readwrite'),
  },
  {
    is: 'a missing scope that the call tells',
    refusal: {
      status: 403,
      wwwAuthenticate: bearer('insufficient_scope'),
      request: { method: 'POST', url: 'https://api.box.com/2.0/webhooks' },
    },
    advice: scopes('manage_webhook'),
  },
  {
    is: 'a bearer challenge behind another scheme',
    refusal: { status: 403, wwwAuthenticate: `Negotiate abc==, ${bearer('insufficient_scope')}` },
    advice: scopes(),
  },
  {
    is: 'the bearer challenge that has a reason',
    refusal: { status: 403, wwwAuthenticate: `Bearer realm="Proxy", ${bearer('insufficient_scope')}` },
    advice: scopes(),
  },
  {
    is: 'a header that came twice',
    refusal: { status: 403, wwwAuthenticate: ['Basic realm="Proxy"', bearer('insufficient_scope')] },
    advice: scopes(),
  },
  {
    is: 'names in other cases and values without quotes',
    refusal: { status: 403, wwwAuthenticate: 'BEARER Error=insufficient_scope,Scope="root_readonly"' },
    advice: scopes('root_readonly'),
  },
  {
    is: 'an error of another scheme',
    refusal: { status: 403, wwwAuthenticate: 'DPoP error="insufficient_scope"' },
    advice: NONE,
  },
  { is: 'a 403 without a reason', refusal: { status: 403 }, advice: NONE },
  { is: 'a 403 with a code of no account', refusal: { status: 403, code: 'forbidden' }, advice: NONE },
  { is: 'an item that is not there', refusal: { status: 404, code: 'not_found' }, advice: NONE },
  {
    is: 'a wait in seconds',
    refusal: { status: 429, retryAfter: '30' },
    advice: { action: 'wait', milliseconds: 30_000 },
  },
  {
    is: 'a wait until a date',
    refusal: { status: 503, retryAfter: new Date(NOW + 90_000).toUTCString() },
    advice: { action: 'wait', milliseconds: 90_000 },
  },
  {
    is: 'a wait until a date that has passed',
    refusal: { status: 503, retryAfter: new Date(NOW - 90_000).toUTCString() },
    advice: { action: 'wait', milliseconds: 0 },
  },
  {
    is: 'a wait of a length that is not one',
    refusal: { status: 429, retryAfter: 'soon' },
    advice: { action: 'wait' },
  },
  {
    is: 'a trouble of Box, whatever its header says',
    refusal: { status: 500, wwwAuthenticate: bearer('invalid_token') },
    advice: { action: 'wait' },
  },
];

/** Headers that a server which means no good, or a proxy, could send with a 401. */
const HOSTILE: readonly string[] = [
  'Bearer error="invalid_token',
  'Bearer error=',
  'Bearer error="a" "b"',
  ',,,,',
  '=',
  'Bearer error="insufficient\u0000scope"',
  'Bearer error="x"\r\nSet-Cookie: a=b',
  'Bearer error="\\',
  '\ud800',
  'Bearer __proto__="x", constructor="y", error="__proto__"',
  `Bearer error="${'a'.repeat(100_000)}"`,
  `Bearer ${'a="b", '.repeat(50_000)}`,
  `Bearer error="${'\\"'.repeat(4000)}`,
  ' '.repeat(100_000),
];

describe('adviceOnApiError', () => {
  for (const { is, refusal, advice } of TABLE) {
    it(`reads ${is}`, async () => {
      assert.deepEqual(await adviceOnApiError(refusal, NOW), advice);
    });
  }

  for (const state of PERSONAL_STATES) {
    it(`leaves ${state} to the person, whichever status it has`, async () => {
      for (const status of [400, 401, 403]) {
        const advice = { action: 'askPerson', state };
        assert.deepEqual(await adviceOnApiError({ status, code: state }, NOW), advice);
        assert.deepEqual(await adviceOnApiError({ status, wwwAuthenticate: bearer(state) }, NOW), advice);
      }
    });
  }

  for (const header of HOSTILE) {
    it(`takes a 401 with ${JSON.stringify(header.slice(0, 40))} for one without a reason`, async () => {
      assert.deepEqual(await adviceOnApiError({ status: 401, wwwAuthenticate: header }, NOW), REFRESH);
    });
  }

  it('names no scope that is none', async () => {
    const long = 'a'.repeat(65);
    const header = bearer('insufficient_scope', `, scope="  [link](command:x) ${long} \\\\ ok "`);
    assert.deepEqual(
      await adviceOnApiError({ status: 403, wwwAuthenticate: header }, NOW),
      scopes('[link](command:x)', 'ok'),
    );
  });

  it('never throws, and never refreshes for a 403', async () => {
    const anything = fc.oneof(anyText, fc.constant(null), fc.constant(undefined), fc.array(anyText));
    const status = fc.oneof(fc.integer({ min: 0, max: 700 }), fc.constant(403), fc.double());
    await fc.assert(
      fc.asyncProperty(status, anything, anything, anything, async (number, header, code, retryAfter) => {
        const refusal = { status: number, wwwAuthenticate: header, code, retryAfter } as Refusal;
        const advice = await adviceOnApiError(refusal, NOW);
        if (number !== 401) assert.notEqual(advice.action, 'refreshAndRetryOnce');
      }),
      SAME_VALUES,
    );
  });

  it('reads whatever quoting makes of an error and its scopes', async () => {
    const name = fc.stringMatching(/^[a-z_.]{1,20}$/);
    const description = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1 }), description, async (names, text) => {
        const quoted = text.replaceAll(/["\\]/g, String.raw`\$&`);
        const header = `Bearer error_description="${quoted}", scope="${names.join(' ')}", error=insufficient_scope`;
        assert.deepEqual(
          await adviceOnApiError({ status: 403, wwwAuthenticate: header }, NOW),
          scopes(...names),
        );
      }),
      SAME_VALUES,
    );
  });
});

describe('adviceOnApiError, of what the emulator answers', () => {
  let emulator: Emulator;
  let client: TestClient;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  const ask = async (token: string, path = '/2.0/folders/0'): Promise<ApiErrorAdvice> => {
    const { status, headers, body } = await client.get<{ code?: string }>(path, token);
    const code = (body as { code?: string } | undefined)?.code;
    const request = { method: 'GET', url: path };
    const refusal = { status, wwwAuthenticate: headers.get('www-authenticate'), code, request };
    return adviceOnApiError(refusal, NOW);
  };

  it('a dead token is refreshed', async () => {
    assert.deepEqual(await ask('dead'), REFRESH);
  });

  it('a missing scope is asked for', async () => {
    const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.userId, ['manage_webhook']);
    assert.deepEqual(await ask(accessToken), scopes('root_readonly'));
  });

  it('an account that must accept the terms is the person’s', async () => {
    const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.userId);
    await emulator.control.putUser({ id: SEED.userId, accountState: 'terms-required' });
    assert.deepEqual(await ask(accessToken), { action: 'askPerson', state: 'terms_of_service_required' });
  });

  it('a limit is waited for', async () => {
    const { accessToken } = await emulator.control.issuePair(SEED.clientId, SEED.userId);
    await emulator.control.putUser({ id: SEED.userId, accountState: 'rate-limited' });
    assert.deepEqual(await ask(accessToken), { action: 'wait' });
  });
});
