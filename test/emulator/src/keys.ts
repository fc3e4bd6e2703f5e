import { generateKeyPairSync } from 'node:crypto';
import { alphanumeric } from './random';

/** An RSA key as the Developer Console generates one: the private half in encrypted PKCS #8, the public half in SPKI. */
export interface SeedKey {
  readonly publicPem: string;
  readonly privatePem: string;
  readonly passphrase: string;
}

let key: SeedKey | undefined;

function generate(): SeedKey {
  const passphrase = alphanumeric(32);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
  });
  return { publicPem: publicKey, privatePem: privateKey, passphrase };
}

/** The key of the seeded JWT app; generated once a process, since that takes longer than everything else at start. */
export const seedKey = (): SeedKey => (key ??= generate());
