import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { JWT_ALGORITHMS } from '../../../src/box/jwtAlgorithms';
import { assertionSigner, type JwtKey } from '../../../src/box/jwtAssertion';
import { JwtKeyError } from '../../../src/box/errors';
import { anyText, SAME_VALUES } from '../support/property';

const PASSPHRASE = 'a-passphrase-of-Dana';
const CLIENT_ID = 'client-of-Dana';
const NOW = Date.UTC(2026, 0, 15, 12, 0, 0, 999);
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE },
});
const KEY: JwtKey = { privateKey, passphrase: PASSPHRASE, publicKeyId: 'key1' };
const ENTERPRISE = { sub: '2718281', box_sub_type: 'enterprise' } as const;

describe('assertionSigner', () => {
  for (const algorithm of JWT_ALGORITHMS) {
    it(`signs with ${algorithm}, as another library verifies`, async () => {
      const assertion = assertionSigner(CLIENT_ID, { ...KEY, algorithm })(ENTERPRISE, NOW);
      const { protectedHeader } = await jwtVerify(assertion, createPublicKey(publicKey), {
        algorithms: [algorithm],
        currentDate: new Date(NOW),
        issuer: CLIENT_ID,
        audience: 'https://api.box.com/oauth2/token',
      });
      assert.deepEqual(protectedHeader, { alg: algorithm, typ: 'JWT', kid: 'key1' });
    });
  }

  it('claims what Box wants, and no more', () => {
    const { jti, ...claims } = decodeJwt(assertionSigner(CLIENT_ID, KEY)(ENTERPRISE, NOW));
    assert.deepEqual(claims, {
      iss: CLIENT_ID,
      sub: '2718281',
      box_sub_type: 'enterprise',
      aud: 'https://api.box.com/oauth2/token',
      exp: Date.UTC(2026, 0, 15, 12, 0, 45) / 1000,
    });
    assert.match(jti ?? '', /^[\w-]{16,128}$/);
  });

  it('claims an annotator’s name', () => {
    const annotator = {
      sub: 'dana@example.com',
      box_sub_type: 'external',
      name: 'Dana "界" Rivera',
    } as const;
    const { sub, box_sub_type, name } = decodeJwt(assertionSigner(CLIENT_ID, KEY)(annotator, NOW));
    assert.deepEqual({ sub, box_sub_type, name }, annotator);
  });

  it('ends after 30 to 60 seconds, whatever the time', () => {
    const assertion = assertionSigner(CLIENT_ID, KEY);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 42 }), (now) => {
        const { exp = 0 } = decodeJwt(assertion(ENTERPRISE, now));
        assert.ok(Number.isInteger(exp) && exp * 1000 > now + 30_000 && exp * 1000 <= now + 60_000);
      }),
      SAME_VALUES,
    );
  });

  it('has another jti each time', () => {
    const assertion = assertionSigner(CLIENT_ID, KEY);
    const ids = Array.from({ length: 50 }, () => decodeJwt(assertion(ENTERPRISE, NOW)).jti);
    assert.equal(new Set(ids).size, 50);
  });

  it('signs with RS256 unless told otherwise, and names no key that it does not know', () => {
    const assertion = assertionSigner(CLIENT_ID, { ...KEY, publicKeyId: undefined })(ENTERPRISE, NOW);
    assert.deepEqual(decodeProtectedHeader(assertion), { alg: 'RS256', typ: 'JWT' });
  });

  it('carries any name and id', async () => {
    const assertion = assertionSigner(CLIENT_ID, KEY);
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (sub, name) => {
        const token = assertion({ sub, box_sub_type: 'external', name }, NOW);
        const { payload } = await jwtVerify(token, createPublicKey(publicKey), {
          currentDate: new Date(NOW),
        });
        assert.deepEqual([payload.sub, payload['name']], [sub, name]);
      }),
      SAME_VALUES,
    );
  });

  it('opens the key at once', () => {
    assert.throws(
      () => assertionSigner(CLIENT_ID, { ...KEY, passphrase: 'another-passphrase' }),
      new JwtKeyError('wrong_passphrase'),
    );
  });
});
