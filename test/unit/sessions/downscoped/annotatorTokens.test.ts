import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { StaleWindowError } from '../../../../src/storage/errors';
import { messageFor } from '../../../../src/ui/messages/messages';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SERVER_KINDS, ServerSessions, passTime } from '../../support/serverSessions';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const MINUTE_MS = 60_000;
const ANNOTATOR = { externalUserId: 'visitor-7', displayName: 'Ada – Visitor' };

describe('AnnotatorTokens', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  const [, jwt] = SERVER_KINDS;
  assert.ok(jwt !== undefined);
  const server = new ServerSessions(box, jwt);
  let window: SessionWindow;
  let annotators: SessionWindow['annotators'];
  let parent: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await server.configure(window);
    parent = await server.signIn(window);
    annotators = window.annotators;
  });

  const exchanges = async (): Promise<number> => (await box.control.requests({ grantType: EXCHANGE })).length;

  it('makes a token with these scopes, on an assertion about the annotator', async () => {
    const scopes = ['base_preview', 'annotation_view_self'];
    const token = await annotators.make(parent, ANNOTATOR, scopes);
    assert.deepEqual([token.expiresIn, token.issuedAt], [3600, window.clock.now()]);
    assert.equal(token.refreshToken, undefined);
    assert.deepEqual((await box.control.tokenInfo(token.accessToken)).scopes, scopes);
    const [sent] = await box.control.requests({ grantType: EXCHANGE });
    const parameters = sent?.parameters.filter((name) => name.startsWith('actor_token'));
    assert.deepEqual(parameters?.toSorted(), ['actor_token', 'actor_token_type']);
  });

  it('confines it to a file', async () => {
    const file = { kind: 'file', id: '12', resource: 'https://api.box.com/2.0/files/12' } as const;
    const { accessToken } = await annotators.make(parent, ANNOTATOR, ['item_preview'], file);
    const downscoping = { subjectToken: accessToken, scopes: ['item_preview'] };
    const { restrictedTo } = await box.client(window.clock).exchange(box.endpoints, downscoping);
    assert.equal(restrictedTo[0]?.object?.id, '12');
  });

  it('makes another one each time, and stores each for the sign-out alone', async () => {
    const before = [...window.secrets.values];
    const first = await annotators.make(parent, ANNOTATOR, ['item_preview']);
    const second = await annotators.make(parent, ANNOTATOR, ['item_preview']);
    assert.notEqual(first.accessToken, second.accessToken);
    await window.children.idle();
    const [added, ...more] = [...window.secrets.values].filter(([key]) => !new Map(before).has(key));
    assert.deepEqual([added?.[0], more], [`children/${parent.id}`, []]);
    for (const { accessToken } of [first, second]) assert.ok(added?.[1].includes(accessToken));
    assert.deepEqual([...window.secrets.values].slice(0, before.length), before);
  });

  it('asks for another token of the app first, when that is due', async () => {
    await passTime(window, box, 58 * MINUTE_MS);
    const { accessToken } = await annotators.make(parent, ANNOTATOR, ['item_preview']);
    assert.equal((await box.control.tokenInfo(accessToken)).live, true);
    assert.equal(await server.tokenRequests(), 2);
  });

  it('makes one with a clock that is wrong', async () => {
    for (const wallError of [10 * MINUTE_MS, -5 * MINUTE_MS]) {
      window.clock.wallError = wallError;
      const { accessToken } = await annotators.make(parent, ANNOTATOR, ['item_preview']);
      assert.equal((await box.control.tokenInfo(accessToken)).live, true);
    }
  });

  it('names the scope that the app lacks', async () => {
    await assert.rejects(annotators.make(parent, ANNOTATOR, ['manage_groups']), {
      name: 'ScopesRefusedError',
      scopes: ['manage_groups'],
      appName: jwt.name,
    });
  });

  for (const [description, meaning] of [
    ['"kid" invalid, unable to lookup correct key', /Generate a new key pair/],
    ['Signature verification error.', /Generate a new key pair/],
    ["Please check the 'sub' claim.", /Configure App/],
    ["Please check the 'exp' claim.", /Correct the clock/],
  ] as const) {
    it(`B4: says what is wrong with the app, and speaks of no page of Box (${description})`, async () => {
      const body = { error: 'invalid_grant', error_description: description };
      await box.control.fault({ endpoint: 'token', kind: 'json', status: 400, body, times: -1 });
      await assert.rejects(annotators.make(parent, ANNOTATOR, ['item_preview']), (error) => {
        const { text } = messageFor(error);
        assert.match(text, meaning);
        assert.ok(text.includes(jwt.name));
        assert.doesNotMatch(text, /Box page|Sign in again/);
        return true;
      });
    });
  }

  it('asks for the key when it is gone, and sends nothing', async () => {
    await window.forgetSecrets(jwt.clientId);
    await window.appSecrets.setClientSecret(jwt.clientId, window.origins, jwt.clientSecret);
    await assert.rejects(annotators.make(parent, ANNOTATOR, ['item_preview']), {
      code: 'private_key_missing',
      appName: jwt.name,
    });
    assert.equal(await exchanges(), 0);
  });

  it('tells with what the app asked where Box refuses its key, so that nobody is told of a code', async () => {
    const refusal = {
      error: 'invalid_grant',
      error_description: '"kid" invalid, unable to lookup correct key',
    };
    await box.control.fault({
      endpoint: 'token',
      grantType: EXCHANGE,
      kind: 'json',
      status: 400,
      body: refusal,
    });
    await assert.rejects(annotators.make(parent, ANNOTATOR, ['item_preview']), {
      error: 'invalid_grant',
      serverCredential: 'jwt',
      subjectType: parent.subject?.type,
    });
  });

  it('rejects while Box cannot be reached, and keeps the session', async () => {
    await box.control.fault({ endpoint: 'token', kind: 'dropBefore', times: -1 });
    const making = passWaits(window.clock, annotators.make(parent, ANNOTATOR, ['item_preview']));
    await assert.rejects(making, { code: 'unreachable', appName: jwt.name });
    assert.deepEqual(await window.store.all(), [parent]);
  });

  it('sends nothing where a token that is due could not be stored', async () => {
    await passTime(window, box, 61 * MINUTE_MS);
    window.ensureCurrent = () => Promise.reject(new StaleWindowError());
    await assert.rejects(annotators.make(parent, ANNOTATOR, ['item_preview']), StaleWindowError);
    assert.equal(await exchanges(), 0);
  });
});
