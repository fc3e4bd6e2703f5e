import { createPrivateKey } from 'node:crypto';
import type { JwtKey } from '../../../src/box/jwtAssertion';
import type { BoxClientIdentity } from '../../../src/box/protocol';
import { SEED } from '../../emulator/src';
import type { EmulatedBox } from '../support/emulatedBox';

/** The seeded app with server authentication (JWT), what it signs with, and what of that is secret. */
export interface JwtApp {
  readonly identity: BoxClientIdentity;
  readonly key: JwtKey;
  readonly secrets: readonly string[];
}

/** Reads the JWT app out of the `config.json` that the emulator gives, as Box's Developer Console does. */
export async function jwtApp(box: EmulatedBox): Promise<JwtApp> {
  const { boxAppSettings } = await box.control.configFile(SEED.jwtClientId);
  const { clientID, clientSecret, appAuth } = boxAppSettings;
  const { privateKey, passphrase, publicKeyID } = appAuth;
  return {
    identity: { endpoints: box.endpoints, clientId: clientID, clientSecret },
    key: { privateKey, passphrase, publicKeyId: publicKeyID },
    secrets: [clientSecret, ...secretsOfKey(privateKey, passphrase)],
  };
}

/** What must never be seen of a key: the passphrase, and the PEM as it is and opened, by their lines. */
export function secretsOfKey(privateKey: string, passphrase: string): readonly string[] {
  const opened = createPrivateKey({ key: privateKey, passphrase }).export({ type: 'pkcs8', format: 'pem' });
  const lines = `${privateKey}\n${opened.toString()}`.split('\n');
  return [passphrase, ...lines.filter((line) => line.length === 64)];
}

/** The seeded app with server authentication (client credentials). */
export function ccgIdentity(
  box: EmulatedBox,
  clientSecret: string = SEED.ccgClientSecret,
): BoxClientIdentity {
  return { endpoints: box.endpoints, clientId: SEED.ccgClientId, clientSecret };
}
