import { JwtKeyError, type UnsupportedKeyReason } from '../box/errors';
import { openPrivateKey } from '../box/privateKey';

/** Gives a private key an encryption that every Node.js and VS Code can open. */
export const CONVERT_KEY = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem';

/** What is wrong with a private key. */
export type JwtKeyProblem =
  /** No private key in PEM form at all, such as a public key, or one of a kind that Node.js does not read. */
  | 'not_a_pem_key'
  /** Cut off, or changed. */
  | 'damaged_key'
  /** The passphrase does not open it; a key whose inside is damaged looks the same. */
  | 'wrong_passphrase'
  | UnsupportedKeyReason;

/** A private key in PEM form (RFC 7468), not opened yet. */
export interface PrivateKeyPem {
  /** With real line breaks, wherever the text came from. */
  readonly text: string;
  readonly isEncrypted: boolean;
}

const PEM = /^-----BEGIN ([A-Z ]{0,30}PRIVATE KEY)-----([^]*?)-----END \1-----$/;
const BEGIN = /^-----BEGIN (?:(?:ENCRYPTED|RSA) )?PRIVATE KEY-----/;
const BASE64 = /^[A-Za-z\d+/]+={0,2}$/;
/** Characters in a line of PEM (RFC 7468 §2). */
const LINE = /.{1,64}/g;

/**
 * Reads what should be a private key. Line breaks may be lost, or be a backslash and an `n`, as in a file that went
 * through an environment variable.
 * @returns the key, or what is wrong with it as far as that shows without opening it.
 */
export function readPem(value: string): PrivateKeyPem | JwtKeyProblem {
  const pem = value.replaceAll('\\r', '').replaceAll('\\n', '\n').trim();
  const [, label, content = ''] = PEM.exec(pem) ?? [];
  if (label === undefined) return BEGIN.test(pem) ? 'damaged_key' : 'not_a_pem_key';
  if (/^(?:EC|DSA) /.test(label)) return 'not_rsa';
  if (!BEGIN.test(pem)) return 'not_a_pem_key';
  // Older tools write the cipher into headers (RFC 1421 §4.6.1), which only whole lines keep readable.
  if (content.includes('Proc-Type:')) return { text: pem, isEncrypted: true };
  return unwrapped(label, content, label === 'ENCRYPTED PRIVATE KEY');
}

/**
 * Opens a private key and tries it, so that what is wrong shows at once and not at the first sign-in.
 * @param passphrase not looked at where the key is not encrypted.
 * @returns what is wrong with it.
 */
export function keyProblem(pem: PrivateKeyPem, passphrase: string): JwtKeyProblem | undefined {
  try {
    openPrivateKey(pem.text, passphrase);
    return undefined;
  } catch (error) {
    if (!(error instanceof JwtKeyError)) return 'damaged_key';
    return error.code === 'unsupported_key' ? (error.reason ?? 'unknown_encryption') : error.code;
  }
}

/** The PEM with its lines as they should be. */
function unwrapped(label: string, content: string, isEncrypted: boolean): PrivateKeyPem | JwtKeyProblem {
  const base64 = content.replaceAll(/\s+/g, '');
  if (!BASE64.test(base64)) return 'damaged_key';
  const lines = base64.match(LINE) ?? [];
  return {
    text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'),
    isEncrypted,
  };
}
