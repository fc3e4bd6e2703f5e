import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Annotator, BoxClient } from '../../../src/box/client';
import {
  ApiRefusedError,
  BoxError,
  OAuthError,
  UnexpectedResponseError,
  JwtKeyError,
} from '../../../src/box/errors';
import { exchangeRefusal } from '../../../src/box/refusals';
import type { AccessTokenResponse } from '../../../src/box/protocol';
import { itemOf } from '../../../src/box/resources';
import { DOWNSCOPE_SCOPES, EXCHANGEABLE_APPLICATION_SCOPES } from '../../../src/box/scopes';
import type { Downscoping } from '../../../src/box/tokenExchange';
import { SEED, type Fault, type RecordedRequest } from '../../emulator/src';
import { observeWaits } from '../support/waits';
import { USER_AGENT, useEmulatedBox } from '../support/emulatedBox';
import { FakeClock } from '../support/fakeClock';
import { assertHoldsNoSecret } from '../support/secrecy';
import { jwtApp, type JwtApp } from './serverApps';

const FOR_EVER = -1;
const FILE = itemOf('file', '12');
const INSUFFICIENT =
  'Bearer realm="Service", error="insufficient_scope", error_description="The request requires higher privileges than provided by the access token."';
const INVALID_TOKEN =
  'Bearer realm="Service", error="invalid_token", error_description="The access token provided is invalid."';

describe('Token exchange', () => {
  const box = useEmulatedBox();
  let clock: FakeClock;
  let client: BoxClient;
  let app: JwtApp;
  let subjectToken: string;

  beforeEach(async () => {
    clock = new FakeClock(Date.now());
    client = box.client(clock);
    app = await jwtApp(box);
    subjectToken = (await box.control.issuePair(SEED.clientId, SEED.userId)).accessToken;
  });

  const sent = (): Promise<RecordedRequest[]> => box.control.requests({ endpoint: 'token' });
  const exchange = (
    scopes: readonly string[],
    more: Partial<Downscoping> = {},
  ): Promise<AccessTokenResponse> => client.exchange(box.endpoints, { subjectToken, scopes, ...more });
  const refuse = (fault: Partial<Fault>): Promise<void> =>
    box.control.fault({ endpoint: 'token', kind: 'status', status: 401, times: FOR_EVER, ...fault });

  /** What an exchange throws, checked to be ours, with Box's request id, and to hold nothing secret. */
  const failure = async (exchanging: Promise<unknown>): Promise<BoxError> => {
    const { error } = await observeWaits(clock, exchanging);
    assert.ok(error instanceof BoxError, String(error));
    assert.match(error.requestId ?? '', /^[a-z0-9]{26}$/);
    assertHoldsNoSecret(error, [...(await box.control.issuedSecrets()), ...app.secrets]);
    return error;
  };

  const assertRefused = async (
    exchanging: Promise<unknown>,
    [error, description, status]: readonly [string, string | RegExp, number],
  ): Promise<BoxError> => {
    const thrown = await failure(exchanging);
    assert.ok(thrown instanceof OAuthError, String(thrown));
    assert.deepEqual([thrown.error, thrown.status], [error, status]);
    assert.match(thrown.description ?? '', typeof description === 'string' ? /./ : description);
    if (typeof description === 'string') assert.equal(thrown.description, description);
    return thrown;
  };

  it('gives a token of the same user for the scopes, and says what it is restricted to', async () => {
    const answer = await exchange(['item_preview', 'base_explorer'], { resource: FILE });
    assert.deepEqual(Object.keys(answer).sort(), ['accessToken', 'expiresIn', 'restrictedTo']);
    assert.equal(answer.expiresIn, 3600);
    const object = { type: 'file', id: '12', name: 'Example file 12' };
    assert.deepEqual(answer.restrictedTo, [
      { scope: 'item_preview', object },
      { scope: 'base_explorer', object },
    ]);
    const { live, userId, scopes } = await box.control.tokenInfo(answer.accessToken);
    assert.deepEqual([live, userId, scopes], [true, SEED.userId, ['item_preview', 'base_explorer']]);
  });

  it('is one request, without anything of the client', async () => {
    await exchange(['item_preview'], { resource: FILE });
    const [request, ...more] = await sent();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [request?.grantType, request?.clientAuth, request?.clientId, request?.userAgent],
      ['urn:ietf:params:oauth:grant-type:token-exchange', 'none', null, USER_AGENT],
    );
    const names = ['grant_type', 'resource', 'scope', 'subject_token', 'subject_token_type'];
    assert.deepEqual([...(request?.parameters ?? [])].sort(), names);
  });

  it('gives a token for everything where no resource is named', async () => {
    const { restrictedTo } = await exchange(['item_preview']);
    assert.deepEqual(
      restrictedTo.map(({ object }) => object?.name),
      ['All Files'],
    );
  });

  it('gives a token for a folder', async () => {
    const { restrictedTo } = await exchange(['base_upload'], { resource: itemOf('folder', '0') });
    assert.deepEqual(
      restrictedTo.map(({ object }) => [object?.type, object?.id]),
      [['folder', '0']],
    );
  });

  it('gives a token for what a shared link leads to', async () => {
    const url = 'https://acme.box.com/v/Our-Plan_2026';
    const { restrictedTo } = await exchange(['item_preview'], { resource: { kind: 'sharedLink', url } });
    const id = String(createHash('sha256').update(url).digest().readUInt32BE(0));
    assert.equal(restrictedTo[0]?.object?.id, id);
    const [request] = await sent();
    assert.equal(request?.parameters.includes('box_shared_link'), true);
    assert.equal(request.parameters.includes('resource'), false);
  });

  it('gives every documented scope of downscoped tokens', async () => {
    const { accessToken } = await exchange(DOWNSCOPE_SCOPES);
    assert.deepEqual((await box.control.tokenInfo(accessToken)).scopes, [...DOWNSCOPE_SCOPES]);
  });

  it('gives application scopes, which no item restricts', async () => {
    const scopes = [...EXCHANGEABLE_APPLICATION_SCOPES];
    await box.control.putApp({ clientId: SEED.clientId, scopes });
    subjectToken = (await box.control.issuePair(SEED.clientId, SEED.userId)).accessToken;
    const { accessToken, restrictedTo } = await exchange(scopes);
    assert.deepEqual([(await box.control.tokenInfo(accessToken)).scopes, restrictedTo], [scopes, []]);
  });

  const quirks: [string, Partial<Fault>, readonly unknown[]][] = [
    ['has no restricted_to', { omitFields: ['restricted_to'] }, []],
    ['has an empty restricted_to', { extraFields: { restricted_to: [] } }, []],
    [
      'has a scope without an object',
      { extraFields: { restricted_to: [{ scope: 'item_preview' }, { scope: 'x', object: null }] } },
      [{ scope: 'item_preview' }, { scope: 'x', object: null }],
    ],
    ['has no issued_token_type', { omitFields: ['issued_token_type', 'restricted_to'] }, []],
    ['has no token_type', { omitFields: ['token_type', 'restricted_to'] }, []],
  ];
  for (const [name, fault, expected] of quirks) {
    it(`reads an answer that ${name}`, async () => {
      await box.control.fault({ endpoint: 'token', kind: 'json', ...fault });
      const { accessToken, restrictedTo } = await exchange(['item_preview']);
      assert.deepEqual(restrictedTo, expected);
      assert.equal((await box.control.tokenInfo(accessToken)).live, true);
    });
  }

  describe('fails', () => {
    const readOnly = async (): Promise<void> => {
      const pair = await box.control.issuePair(SEED.clientId, SEED.userId, ['root_readonly']);
      subjectToken = pair.accessToken;
    };

    it('for a scope that the subject token lacks, all or nothing', async () => {
      await readOnly();
      const asked = exchange(['item_preview', 'item_download']);
      const error = await assertRefused(asked, ['insufficient_scope', /higher privileges/, 401]);
      assert.equal(exchangeRefusal(error), 'scope');
      assert.equal((await sent()).length, 1);
    });

    it('for a scope that the app lacks', async () => {
      const error = await assertRefused(exchange(['manage_groups']), ['insufficient_scope', /./, 401]);
      assert.equal(exchangeRefusal(error), 'scope');
    });

    it('for an expired subject token', async () => {
      await box.control.expireAccessTokens();
      const error = await assertRefused(exchange(['item_preview']), ['invalid_token', /invalid/, 401]);
      assert.equal(exchangeRefusal(error), 'subject_token');
    });

    it('for a revoked subject token', async () => {
      await box.control.revokeUser(SEED.userId);
      await assertRefused(exchange(['item_preview']), ['invalid_token', /invalid/, 401]);
    });

    it('for a subject token that Box never issued', async () => {
      subjectToken = 'a-token-that-box-never-issued-0123456789';
      const error = await assertRefused(exchange(['item_preview']), ['invalid_token', /invalid/, 401]);
      assertHoldsNoSecret(error, [subjectToken]);
    });

    it('for a downscoped token that is to be wider', async () => {
      subjectToken = (await exchange(['item_preview'], { resource: FILE })).accessToken;
      await assertRefused(exchange(['item_download']), ['insufficient_scope', /./, 401]);
      const other = { resource: itemOf('file', '13') };
      await assertRefused(exchange(['item_preview'], other), ['insufficient_scope', /./, 401]);
    });

    it('for no scope', async () => {
      await assertRefused(exchange([]), ['invalid_request', /scope/, 400]);
    });

    it('for a resource that is none', async () => {
      const resource = { kind: 'sharedLink', url: 'plan' } as const;
      const refusal = ['invalid_request', 'The resource is invalid', 400] as const;
      await assertRefused(exchange(['item_preview'], { resource }), refusal);
    });

    for (const code of ['invalid_request', 'unauthorized_client'] as const) {
      it(`for an app that may not exchange tokens (${code})`, async () => {
        await box.control.set({ wrongGrantError: code });
        await box.control.putApp({ clientId: SEED.clientId, grantTypes: ['authorization_code'] });
        const refusal = [code, 'The grant type is unauthorized for this client_id', 400] as const;
        const error = await assertRefused(exchange(['item_preview']), refusal);
        assert.equal(exchangeRefusal(error), 'app_type');
      });
    }
  });

  // Box documents the status of a failed exchange, and no body.
  describe('reads a refusal', () => {
    const body = { type: 'error', status: 401, code: 'unauthorized', message: 'Unauthorized' };
    const refusals: [string, Partial<Fault>, string, string | undefined, string | undefined][] = [
      [
        'in a challenge alone',
        { headers: { 'WWW-Authenticate': INSUFFICIENT } },
        'ApiRefusedError',
        'insufficient_scope',
        'scope',
      ],
      [
        'of the token in a challenge alone',
        { headers: { 'WWW-Authenticate': INVALID_TOKEN } },
        'ApiRefusedError',
        'invalid_token',
        'subject_token',
      ],
      [
        'in a challenge beside the body of an API error',
        { headers: { 'WWW-Authenticate': INSUFFICIENT }, kind: 'json', body },
        'ApiRefusedError',
        'insufficient_scope',
        'scope',
      ],
      ['in the body of an API error', { kind: 'json', body }, 'OAuthError', 'unauthorized', 'subject_token'],
      [
        'for its scopes in the body of an API error',
        { kind: 'json', status: 403, body: { type: 'error', code: 'insufficient_scope' } },
        'OAuthError',
        'insufficient_scope',
        'scope',
      ],
      [
        'for its resource in the body of an API error',
        { kind: 'json', status: 404, body: { type: 'error', code: 'not_found', message: 'Not Found' } },
        'OAuthError',
        'not_found',
        'resource',
      ],
      [
        'in an OAuth error beside a challenge',
        {
          headers: { 'WWW-Authenticate': INVALID_TOKEN },
          kind: 'json',
          body: { error: 'invalid_scope', code: 'unauthorized' },
        },
        'OAuthError',
        'invalid_scope',
        'scope',
      ],
      ['that says nothing', {}, 'ApiRefusedError', undefined, 'either'],
      ['that is a page', { kind: 'html' }, 'ApiRefusedError', undefined, 'either'],
      ['of the item that says nothing', { status: 404 }, 'ApiRefusedError', undefined, 'resource'],
      ['of the call that says nothing', { status: 403 }, 'ApiRefusedError', undefined, 'resource'],
    ];
    for (const [name, fault, type, code, refusal] of refusals) {
      it(`${name}, and does not ask again`, async () => {
        await refuse(fault);
        const error = await failure(exchange(['item_preview', 'item_download']));
        assert.ok(error instanceof ApiRefusedError || error instanceof OAuthError, String(error));
        assert.deepEqual([error.name, error.error, exchangeRefusal(error)], [type, code, refusal]);
        assert.equal(error.status, fault.status ?? 401);
        assert.equal((await sent()).length, 1);
      });
    }

    for (const status of [400, 403, 404]) {
      it(`that is a page and no answer of Box as one that may pass (${status})`, async () => {
        await refuse({ kind: 'html', status });
        assert.ok((await failure(exchange(['item_preview']))) instanceof UnexpectedResponseError);
      });
    }
  });

  describe('that was refused for its scopes', () => {
    let probes: string[];

    beforeEach(() => {
      probes = [];
    });

    const refusedScopes = (scopes: readonly string[], signal?: AbortSignal): Promise<readonly string[]> => {
      const onProbe = ({ accessToken }: AccessTokenResponse): unknown => probes.push(accessToken);
      return client.refusedScopes(box.endpoints, { subjectToken, scopes, resource: FILE }, onProbe, signal);
    };

    it('is asked about scope by scope', async () => {
      const pair = await box.control.issuePair(SEED.clientId, SEED.userId, ['root_readonly']);
      subjectToken = pair.accessToken;
      const scopes = ['item_preview', 'item_download', 'base_explorer', 'manage_groups'];
      assert.deepEqual(await refusedScopes(scopes), ['item_download', 'manage_groups']);
      assert.equal((await sent()).length, 4);
    });

    it('gives every token that asking brought, also where something else fails then', async () => {
      assert.deepEqual(await refusedScopes(['item_preview', 'manage_groups', 'item_download']), [
        'manage_groups',
      ]);
      const known = await Promise.all(probes.map((token) => box.control.tokenInfo(token)));
      assert.deepEqual(
        known.map(({ scopes, live }) => [scopes, live]),
        [
          [['item_preview'], true],
          [['item_download'], true],
        ],
      );
    });

    it('gives what it brought before it was aborted', async () => {
      const cancelled = new AbortController();
      const onProbe = ({ accessToken }: AccessTokenResponse): void => {
        probes.push(accessToken);
        cancelled.abort(new Error('cancelled by Dana'));
      };
      const downscoping = { subjectToken, scopes: ['item_preview', 'item_download'] };
      const asking = client.refusedScopes(box.endpoints, downscoping, onProbe, cancelled.signal);
      await assert.rejects(asking, { message: 'cancelled by Dana' });
      assert.equal(probes.length, 1);
    });

    it('may have nothing to blame', async () => {
      assert.deepEqual(await refusedScopes(['item_preview']), []);
    });

    it('counts a refusal that says nothing', async () => {
      await refuse({ times: 1 });
      assert.deepEqual(await refusedScopes(['item_preview', 'item_download']), ['item_preview']);
    });

    it('stops where something else fails', async () => {
      await box.control.expireAccessTokens();
      await assertRefused(refusedScopes(['item_preview', 'item_download']), ['invalid_token', /./, 401]);
      assert.equal((await sent()).length, 1);
    });

    it('stops when it is aborted', async () => {
      const signal = AbortSignal.abort(new Error('cancelled by Dana'));
      await assert.rejects(refusedScopes(['item_preview'], signal), { message: 'cancelled by Dana' });
      assert.deepEqual(await sent(), []);
    });
  });

  describe('for an annotator', () => {
    const ANNOTATOR: Annotator = { externalUserId: 'dana@example.com', displayName: 'Dana 界 Rivera' };

    beforeEach(async () => {
      const subject = { type: 'enterprise', id: SEED.enterpriseId } as const;
      subjectToken = (await client.jwt(app.identity, app.key, subject)).accessToken;
    });

    const annotate = (
      { key = app.key, clientId = app.identity.clientId } = {},
      scopes = ['annotation_edit', 'annotation_view_self'],
    ): Promise<AccessTokenResponse> =>
      client.annotatorToken({ endpoints: box.endpoints, clientId }, key, ANNOTATOR, {
        subjectToken,
        scopes,
        resource: FILE,
      });

    it('gives a token, restricted as asked', async () => {
      const { accessToken, restrictedTo } = await annotate();
      const { live, clientId } = await box.control.tokenInfo(accessToken);
      assert.deepEqual([live, clientId], [true, SEED.jwtClientId]);
      assert.deepEqual(
        restrictedTo.map(({ scope, object }) => [scope, object?.id]),
        [
          ['annotation_edit', '12'],
          ['annotation_view_self', '12'],
        ],
      );
    });

    it('sends the assertion, and no secret of the client', async () => {
      await annotate();
      const request = (await sent()).at(-1);
      assert.equal(request?.clientAuth, 'none');
      const names = ['actor_token', 'actor_token_type', 'grant_type', 'resource', 'scope', 'subject_token'];
      assert.deepEqual([...request.parameters].sort(), [...names, 'subject_token_type']);
    });

    it('has another jti each time, also when the answer got lost', async () => {
      await annotate();
      await box.control.fault({ endpoint: 'token', kind: 'dropAfter' });
      const { error, waits } = await observeWaits(clock, annotate());
      assert.deepEqual([error, waits.length], [undefined, 1]);
    });

    for (const skew of [-3_600_000, 3_600_000]) {
      it(`asks once more where the clock is wrong by ${skew / 1000} s`, async () => {
        clock.wallError = skew;
        const before = (await sent()).length;
        const { error, waits } = await observeWaits(clock, annotate());
        assert.deepEqual([error, waits, (await sent()).length - before], [undefined, [], 2]);
      });
    }

    it('fails for another app’s client ID', async () => {
      const refusal = ['invalid_grant', "Please check the 'iss' claim.", 400] as const;
      await assertRefused(annotate({ clientId: SEED.clientId }), refusal);
    });

    it('fails for an unknown key ID', async () => {
      const key = { ...app.key, publicKeyId: 'unknown' };
      await assertRefused(annotate({ key }), ['invalid_grant', /^"kid" invalid/, 400]);
    });

    it('fails for a scope that the app lacks', async () => {
      const error = await assertRefused(annotate({}, ['manage_groups']), ['insufficient_scope', /./, 401]);
      assert.equal(exchangeRefusal(error), 'scope');
    });

    it('sends nothing with a wrong passphrase', async () => {
      const before = (await sent()).length;
      const key = { ...app.key, passphrase: 'another-passphrase' };
      const { error } = await observeWaits(clock, annotate({ key }));
      assert.ok(error instanceof JwtKeyError);
      assertHoldsNoSecret(error, [...app.secrets, 'another-passphrase']);
      assert.equal((await sent()).length, before);
    });
  });
});
