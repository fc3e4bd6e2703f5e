import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { JwtKeyError } from './errors';

const MIN_BITS = 2048;
const PEM = /-----BEGIN ([A-Z ]{1,40})-----([^]*?)-----END \1-----/;
const KEY_LABEL = /^(ENCRYPTED |RSA )?PRIVATE KEY$/;
/** How OpenSSL and BoringSSL say that they do not know a key's encryption. */
const UNKNOWN_ENCRYPTION = /^ERR_OSSL_(EVP_UNSUPPORTED|.*(UNKNOWN|UNSUPPORTED)_)/;

/**
 * Opens a private RSA key.
 * @param pem PKCS #8, encrypted as Box makes it or not, or PKCS #1 (RFC 7468, RFC 1421).
 * @param passphrase not looked at where the key is not encrypted.
 * @throws JwtKeyError
 */
export function openPrivateKey(pem: string, passphrase = ''): KeyObject {
  const key = open(pem, passphrase);
  if (key.asymmetricKeyType !== 'rsa') throw new JwtKeyError('unsupported_key', 'not_rsa');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_BITS) throw new JwtKeyError('unsupported_key', 'short_key');
  if (!canSign(key)) throw new JwtKeyError('damaged_key');
  return key;
}

function open(pem: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', passphrase });
  } catch (error) {
    const systemCode = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw problemOf(pem, systemCode);
  }
}

/** What is wrong with a key that does not open. The library's code alone does not tell: padding can fit by chance. */
function problemOf(pem: string, systemCode: string): JwtKeyError {
  const [, label, content = ''] = PEM.exec(pem) ?? [];
  if (label === undefined) return new JwtKeyError('damaged_key');
  if (!KEY_LABEL.test(label)) return new JwtKeyError('unsupported_key');
  if (UNKNOWN_ENCRYPTION.test(systemCode)) return new JwtKeyError('unknown_encryption');
  const isClosed = label.startsWith('ENCRYPTED') && isWhole(Buffer.from(content, 'base64'));
  // Encrypted PKCS #1 has headers (RFC 1421 §4.6), and no form to see damage by.
  return new JwtKeyError(isClosed || content.includes('ENCRYPTED') ? 'wrong_passphrase' : 'damaged_key');
}

/** Whether DER is one SEQUENCE that ends where it says (X.690 §8.1.3). */
function isWhole(der: Buffer): boolean {
  const [tag, short = 0] = der;
  const lengthBytes = short < 0x80 ? 0 : short - 0x80;
  if (tag !== 0x30 || lengthBytes > 3 || der.length < 2 + lengthBytes) return false;
  const length = lengthBytes === 0 ? short : der.readUIntBE(2, lengthBytes);
  return der.length === 2 + lengthBytes + length;
}

/** Whether a key's numbers belong together, which not every library looks at when it opens one. */
function canSign(key: KeyObject): boolean {
  const sample = Buffer.from('sample');
  try {
    return verify('sha256', sample, createPublicKey(key), sign('sha256', sample, key));
  } catch {
    return false;
  }
}
