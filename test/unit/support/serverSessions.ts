import * as v from 'valibot';
import { appSchema, type BoxApp } from '../../../src/apps/app';
import type { SessionErrorCode } from '../../../src/sessions/errors';
import type { LiveSession, ServerCredential } from '../../../src/sessions/store/sessionRecord';
import { SEED } from '../../emulator/src';
import { jwtApp } from '../box/serverApps';
import type { EmulatedBox } from './emulatedBox';
import type { SessionWindow } from './sessionWindow';

/** A seeded app that asks for tokens by itself. */
export interface ServerKind {
  readonly credential: ServerCredential;
  readonly grantType: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly name: string;
  /** What the app misses first where none of its secrets is stored. */
  readonly missing: SessionErrorCode;
}

/** One app for each way in which an app can ask by itself. */
export const SERVER_KINDS: readonly ServerKind[] = [
  {
    credential: 'clientCredentials',
    grantType: 'client_credentials',
    clientId: SEED.ccgClientId,
    clientSecret: SEED.ccgClientSecret,
    name: 'Example CCG App',
    missing: 'client_secret_missing',
  },
  {
    credential: 'jwt',
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    clientId: SEED.jwtClientId,
    clientSecret: SEED.jwtClientSecret,
    name: 'Example JWT App',
    missing: 'private_key_missing',
  },
];

/** Whom a server-side app acts as in its settings. */
export const AS_SERVICE_ACCOUNT: Partial<BoxApp> = { enterpriseId: SEED.enterpriseId };
export const AS_USER: Partial<BoxApp> = { userId: SEED.userId };

/** Signs a seeded server-side app in, in whatever window. */
export class ServerSessions {
  constructor(
    private readonly box: EmulatedBox,
    readonly kind: ServerKind,
  ) {}

  /** The app as the settings have it. */
  app(changes: Partial<BoxApp> = AS_SERVICE_ACCOUNT): BoxApp {
    const { name, clientId, credential } = this.kind;
    return v.parse(appSchema, { name, clientId, authMethod: credential, ...changes });
  }

  /** Keeps the app's secrets, its private key included. */
  async configure({ appSecrets, origins }: SessionWindow): Promise<void> {
    const { credential, clientId, clientSecret } = this.kind;
    if (credential === 'clientCredentials') {
      await appSecrets.setClientSecret(clientId, origins, clientSecret);
      return;
    }
    const { privateKey, passphrase = '', publicKeyId = '' } = (await jwtApp(this.box)).key;
    await appSecrets.setJwtKey(clientId, origins, clientSecret, { privateKey, passphrase, publicKeyId });
  }

  /** Signs in, as the service account unless told otherwise. */
  signIn(
    window: SessionWindow,
    changes: Partial<BoxApp> = AS_SERVICE_ACCOUNT,
    signal = new AbortController().signal,
  ): Promise<LiveSession> {
    return window.serverSignIn.run(this.app(changes), window.origins, [], signal);
  }

  /** How many requests for a token of this kind have reached Box. */
  async tokenRequests(): Promise<number> {
    return (await this.box.control.requests({ grantType: this.kind.grantType })).length;
  }
}

/** Lets time pass here and at Box alike, without calling timers. */
export async function passTime(window: SessionWindow, box: EmulatedBox, ms: number): Promise<void> {
  window.clock.jump(ms);
  await box.control.advanceClock(ms);
}

/** Those of the tokens that Box still honours. */
export async function liveOf(box: EmulatedBox, tokens: readonly string[]): Promise<readonly string[]> {
  const infos = await Promise.all(tokens.map((token) => box.control.tokenInfo(token)));
  return tokens.filter((_, index) => infos[index]?.live === true);
}

/** Every access or refresh token that Box has issued and still honours. */
export async function liveTokens(box: EmulatedBox): Promise<readonly string[]> {
  return liveOf(box, await box.control.issuedSecrets());
}
