import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { JwtKeyError, type JwtKeyErrorCode } from '../../../src/box/errors';
import { openPrivateKey } from '../../../src/box/privateKey';
import { anyText, SAME_VALUES } from '../support/property';
import { assertHoldsNoSecret } from '../support/secrecy';
import { secretsOfKey } from './serverApps';

const PASSPHRASE = 'a-passphrase-of-Dana';
const ENCRYPTION = { format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE } as const;

const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', ...ENCRYPTION }).toString();
const plain = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** The DER of a PEM, changed, as a PEM of the same kind. */
const changed = (pem: string, change: (der: Buffer) => void): string => {
  const [begin = '', ...rest] = pem.trim().split('\n');
  const end = rest.pop() ?? '';
  const der = Buffer.from(rest.join(''), 'base64');
  change(der);
  return [begin, ...(der.toString('base64').match(/.{1,64}/g) ?? []), end, ''].join('\n');
};

/** Why a key does not open, checked to tell nothing of it. */
const codeOf = (pem: string, passphrase?: string): JwtKeyErrorCode | undefined => {
  try {
    openPrivateKey(pem, passphrase);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof JwtKeyError, String(error));
    assert.equal(error.cause, undefined);
    assertHoldsNoSecret(error, SECRETS);
    return error.code;
  }
};

const KEY = pkcs8(rsa);
const SECRETS = [...secretsOfKey(KEY, PASSPHRASE), 'another-passphrase'];

describe('openPrivateKey', () => {
  const readable: [string, string, string?][] = [
    ['encrypted PKCS #8, as Box makes it', KEY, PASSPHRASE],
    ['lines that end as on Windows', KEY.replaceAll('\n', '\r\n'), PASSPHRASE],
    ['text around it', `Key of Example App\n${KEY}\nkept by Dana\n`, PASSPHRASE],
    ['PKCS #8 without encryption', plain(rsa)],
    ['a passphrase that is not needed', plain(rsa), PASSPHRASE],
    ['PKCS #1 without encryption', rsa.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['encrypted PKCS #1', rsa.export({ type: 'pkcs1', ...ENCRYPTION }).toString(), PASSPHRASE],
    ['3DES', rsa.export({ type: 'pkcs8', ...ENCRYPTION, cipher: 'des-ede3-cbc' }).toString(), PASSPHRASE],
    ['4096 bits', plain(generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey)],
  ];
  for (const [name, pem, passphrase] of readable) {
    it(`opens ${name}`, function () {
      this.timeout(20_000);
      assert.equal(openPrivateKey(pem, passphrase).asymmetricKeyType, 'rsa');
    });
  }

  const shortened = (pem: string): string => {
    const lines = pem.trim().split('\n');
    return [...lines.slice(0, 12), ...lines.slice(-1)].join('\n');
  };
  /** As old OpenSSL encrypted by default: pbeWithMD5AndDES-CBC (RFC 8018 §A.3), which libraries have dropped. */
  const inOldEncryption = (): string => {
    const header = '308204e9301b06092a864886f70d010503300e0408000102030405060702020800048204c8';
    const der = Buffer.concat([Buffer.from(header, 'hex'), Buffer.alloc(1224, 'x')]);
    return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  };
  const ofBytes = (bytes: readonly number[]): string => {
    const base64 = Buffer.concat([Buffer.from(bytes), Buffer.alloc(200)]).toString('base64');
    return `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  };
  const unusable: [string, string, string | undefined, JwtKeyErrorCode][] = [
    ['a wrong passphrase', KEY, 'another-passphrase', 'wrong_passphrase'],
    ['an empty passphrase', KEY, '', 'wrong_passphrase'],
    ['no passphrase', KEY, undefined, 'wrong_passphrase'],
    [
      'a wrong passphrase for PKCS #1',
      rsa.export({ type: 'pkcs1', ...ENCRYPTION }).toString(),
      'another-passphrase',
      'wrong_passphrase',
    ],
    ['a text that is no PEM', 'another-passphrase', PASSPHRASE, 'damaged_key'],
    ['an empty text', '', PASSPHRASE, 'damaged_key'],
    ['a key without its end', KEY.slice(0, 700), PASSPHRASE, 'damaged_key'],
    ['a key without its middle', shortened(KEY), PASSPHRASE, 'damaged_key'],
    ['a plain key without its middle', shortened(plain(rsa)), undefined, 'damaged_key'],
    ['a PEM without content', KEY.replace(/-\n[^-]*\n-/, '-\n-'), PASSPHRASE, 'damaged_key'],
    ['a key of an impossible length', ofBytes([0x30, 0xff]), PASSPHRASE, 'damaged_key'],
    ['a key that is no sequence', ofBytes([0x04, 0x81, 200]), PASSPHRASE, 'damaged_key'],
    ['an encrypted elliptic key', pkcs8(elliptic), PASSPHRASE, 'unsupported_key'],
    ['a plain elliptic key', plain(elliptic), undefined, 'unsupported_key'],
    [
      'an elliptic key of its own form',
      elliptic.export({ type: 'sec1', format: 'pem' }).toString(),
      undefined,
      'unsupported_key',
    ],
    [
      'an RSA key for another signature',
      plain(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
      undefined,
      'unsupported_key',
    ],
    [
      'a short RSA key',
      plain(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey),
      undefined,
      'unsupported_key',
    ],
    ['an encryption that is known no more', inOldEncryption(), PASSPHRASE, 'unknown_encryption'],
    [
      'a public key',
      generateKeyPairSync('rsa', { modulusLength: 2048 })
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString(),
      undefined,
      'unsupported_key',
    ],
    [
      'an SSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n',
      undefined,
      'unsupported_key',
    ],
  ];
  for (const [name, pem, passphrase, code] of unusable) {
    it(`throws ${code} for ${name}`, () => {
      assert.equal(codeOf(pem, passphrase), code);
    });
  }

  it('calls every wrong passphrase so, also where the padding happens to fit', function () {
    this.timeout(60_000);
    for (let count = 0; count < 800; count++) {
      assert.equal(codeOf(KEY, `wrong-passphrase-${count}`), 'wrong_passphrase');
    }
  });

  it('never opens a key whose numbers do not belong together', function () {
    this.timeout(60_000);
    const whole = plain(rsa);
    let opened = 0;
    // The modulus, which the public half has too: a key with any other one signs what Box refuses.
    for (let at = 50; at < 280; at += 5) {
      const pem = changed(whole, (der) => der.writeUInt8((der[at] ?? 0) ^ 4, at));
      if (codeOf(pem) === undefined) opened += 1;
    }
    assert.equal(opened, 0);
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const label = fc.constantFrom('PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY', 'CERTIFICATE');
    const pem = fc
      .tuple(label, fc.oneof(anyText, fc.base64String()))
      .map(([name, content]) => `-----BEGIN ${name}-----\n${content}\n-----END ${name}-----\n`);
    fc.assert(
      fc.property(fc.oneof(pem, anyText), anyText, (text, passphrase) => {
        assert.notEqual(codeOf(text, passphrase), undefined);
      }),
      SAME_VALUES,
    );
  });
});
