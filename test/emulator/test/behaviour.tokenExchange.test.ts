import assert from 'node:assert/strict';
import type { JWTPayload } from 'jose';
import { SEED, startEmulator, type Emulator } from '../src';
import { signAssertion } from './testAssertion';
import { TestClient, type Answer } from './testClient';

const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};

interface Downscoped {
  readonly access_token: string;
  readonly restricted_to: { scope: string; object: { type: string; id: string; name: string } }[];
}

describe('Emulator: token exchange', () => {
  let emulator: Emulator;
  let client: TestClient;
  let subject: string;

  before(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
  });
  after(() => emulator.stop());
  beforeEach(async () => {
    await emulator.control.reset();
    subject = (await emulator.control.issuePair(SEED.clientId, SEED.userId)).accessToken;
  });

  const exchange = async (parameters: Readonly<Record<string, string>>): Promise<Answer<Downscoped>> => {
    const form = { ...EXCHANGE, subject_token: subject, ...parameters };
    return (await client.post('/oauth2/token', form)) as unknown as Answer<Downscoped>;
  };
  const file = (id: string): { resource: string } => ({ resource: `https://api.box.com/2.0/files/${id}` });
  const narrowed = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const { body, status, text } = await exchange(parameters);
    assert.equal(status, 200, text);
    return body.access_token;
  };

  it('needs no client credentials, and answers in the order of Box', async () => {
    const { status, body, text } = await exchange({ scope: 'item_preview base_explorer', ...file('12') });
    assert.equal(status, 200);
    const names = ['access_token', 'expires_in', 'token_type', 'restricted_to', 'issued_token_type'];
    assert.deepEqual(Object.keys(body), names);
    assert.match(text, /"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"/);
    assert.deepEqual(
      body.restricted_to.map(({ scope, object }) => [scope, object.type, object.id]),
      [
        ['item_preview', 'file', '12'],
        ['base_explorer', 'file', '12'],
      ],
    );
  });

  it('names all files where no item was named', async () => {
    const { body } = await exchange({ scope: 'base_explorer' });
    assert.deepEqual(body.restricted_to[0]?.object.name, 'All Files');
  });

  it('confines the token to its item and its user', async () => {
    const token = await narrowed({ scope: 'item_preview', ...file('12') });
    const status = async (path: string): Promise<number> => (await client.get(path, token)).status;
    assert.deepEqual(
      await Promise.all(['/2.0/files/12', '/2.0/files/13', '/2.0/folders/12'].map(status)),
      [200, 403, 403],
    );
    assert.equal((await client.get<{ id: string }>('/2.0/users/me', token)).body.id, SEED.userId);
  });

  it('cannot be widened', async () => {
    subject = await narrowed({ scope: 'item_preview base_explorer', ...file('12') });
    assert.equal((await exchange({ scope: 'item_download' })).status, 401);
    assert.equal((await exchange({ scope: 'root_readonly' })).status, 401);
    assert.equal((await exchange({ scope: 'item_preview', ...file('13') })).status, 401);
    const again = await exchange({ scope: 'item_preview' });
    assert.equal(again.body.restricted_to[0]?.object.id, '12');
  });

  it('takes items by either host, and folders too', async () => {
    const at = async (resource: string): Promise<number> =>
      (await exchange({ scope: 'item_preview', resource })).status;
    assert.equal(await at(`${emulator.origin}/2.0/files/1`), 200);
    assert.equal(await at('https://api.box.com/2.0/folders/1'), 200);
    for (const wrong of [
      'https://example.com/2.0/files/1',
      'https://api.box.com/2.0/users/1',
      'files/1',
      '12',
    ]) {
      assert.equal(await at(wrong), 400, wrong);
    }
  });

  it('takes a shared link, but not together with an item', async () => {
    const link = { box_shared_link: 'https://app.box.com/s/abc' };
    assert.equal((await exchange({ scope: 'item_preview', ...link })).body.restricted_to.length, 1);
    assert.equal((await exchange({ scope: 'item_preview', ...link, ...file('1') })).status, 400);
    assert.equal((await exchange({ scope: 'item_preview', box_shared_link: 'abc' })).status, 400);
  });

  it('gives application scopes, all or nothing', async () => {
    const token = await narrowed({ scope: 'root_readonly ai.readwrite' });
    assert.deepEqual((await emulator.control.tokenInfo(token)).scopes, ['root_readonly', 'ai.readwrite']);
    const { status, headers } = await exchange({ scope: 'root_readonly manage_groups' });
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /insufficient_scope/);
  });

  it('does not let a read-only sign-in download or upload', async () => {
    subject = (await emulator.control.issuePair(SEED.clientId, SEED.userId, ['root_readonly'])).accessToken;
    assert.equal((await exchange({ scope: 'item_preview' })).status, 200);
    assert.equal((await exchange({ scope: 'item_download' })).status, 401);
    assert.equal((await exchange({ scope: 'item_upload' })).status, 401);
  });

  it('refuses a subject token that is dead', async () => {
    await emulator.control.expireAccessTokens();
    assert.equal((await exchange({ scope: 'item_preview' })).status, 401);
  });

  const incomplete = [{ subject_token: '' }, { subject_token_type: 'x' }, { scope: '' }];
  for (const parameters of incomplete) {
    it(`refuses ${JSON.stringify(parameters)}`, async () => {
      assert.equal((await exchange({ scope: 'item_preview', ...(parameters as object) })).status, 400);
    });
  }

  it('refuses a client that authenticates wrongly or as another', async () => {
    const as = async (client_id: string, client_secret: string): Promise<number> =>
      (await exchange({ scope: 'item_preview', client_id, client_secret })).status;
    assert.equal(await as(SEED.clientId, SEED.clientSecret), 200);
    assert.equal(await as(SEED.clientId, 'wrong'), 400);
    assert.equal(await as(SEED.ccgClientId, SEED.ccgClientSecret), 400);
  });

  describe('for an annotator', () => {
    const claims = { sub: 'anybody', name: 'Anybody', box_sub_type: 'external' };

    const annotate = async (actorToken: string): Promise<Answer<Downscoped>> => {
      subject = (await emulator.control.issuePair(SEED.jwtClientId, SEED.userId)).accessToken;
      const actor_token_type = 'urn:ietf:params:oauth:token-type:id_token';
      return exchange({ scope: 'item_preview', actor_token: actorToken, actor_token_type });
    };
    const signed = async (changes: JWTPayload): Promise<string> => {
      const config = await emulator.control.configFile(SEED.jwtClientId);
      return signAssertion(config, { claims: { ...claims, ...changes } });
    };

    it('takes a signed actor token', async () => {
      const { status, text } = await annotate(await signed({}));
      assert.equal(status, 200, text);
    });

    it('takes an unsigned one, as the old SDK sends it', async () => {
      const [, payload = ''] = (await signed({})).split('.');
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      assert.equal((await annotate(`${header}.${payload}.`)).status, 200);
    });

    const wrong: readonly JWTPayload[] = [
      { box_sub_type: 'user' },
      { name: undefined },
      { exp: 1 },
      { iss: 'nobody' },
    ];
    for (const changes of wrong) {
      it(`refuses one with ${Object.keys(changes).join()} ${String(Object.values(changes)[0])}`, async () => {
        assert.equal((await annotate(await signed(changes))).status, 400);
      });
    }

    it('refuses one whose signature does not fit', async () => {
      const [header, payload] = (await signed({})).split('.');
      assert.equal((await annotate(`${header ?? ''}.${payload ?? ''}.AAAA`)).status, 400);
    });
  });
});
