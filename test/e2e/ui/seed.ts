import { randomUUID } from 'node:crypto';
import { SEED } from '../../emulator/src';
import type { Emulator } from '../../vscode/testBed';

/** Our extension, as VS Code names the owner of secrets. */
export const extensionId = 'vscode-box.box-authentication';

/** Who can be signed in without a sign-in. */
export type SeededLogin = typeof SEED.userLogin | typeof SEED.personalUserLogin;

/** Where the seeded sessions come from. */
export interface SeedOrigin {
  readonly emulator: Pick<Emulator, 'origin' | 'control'>;
  /** The origin of the API that the settings name; the emulator's unless told. */
  readonly apiBaseUrl?: string;
  /** What is left of the life of their access tokens by the windows' reckoning, in seconds; an hour unless told. */
  readonly leftS?: number;
}

const lifeS = 3600;

interface SeededUser {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly enterprise?: { readonly id: string; readonly name: string };
}

const users: Readonly<Record<SeededLogin, SeededUser>> = {
  [SEED.userLogin]: {
    id: SEED.userId,
    login: SEED.userLogin,
    name: SEED.userName,
    enterprise: { id: SEED.enterpriseId, name: SEED.enterpriseName },
  },
  [SEED.personalUserLogin]: {
    id: SEED.personalUserId,
    login: SEED.personalUserLogin,
    name: SEED.personalUserName,
  },
};

/**
 * What our extension has stored after these people signed in with the seeded app, one after the other, by its own
 * keys. Their tokens are live at the emulator. This is the only place that knows the format of the records.
 */
export async function signedInSecrets(
  { emulator, apiBaseUrl = emulator.origin, leftS = lifeS }: SeedOrigin,
  logins: readonly SeededLogin[],
): Promise<ReadonlyMap<string, string>> {
  const { clientId, clientSecret, appName } = SEED;
  const origins = { account: emulator.origin, api: apiBaseUrl };
  const records: [key: string, record: object][] = [
    [`app/${clientId}`, { removed: false, secrets: [{ origins, clientSecret }] }],
  ];
  for (const [index, login] of logins.entries()) {
    const user = users[login];
    const issuedAt = Date.now() - (lifeS - leftS) * 1000 + index;
    const session = {
      id: randomUUID(),
      origins,
      clientId,
      appName,
      user,
      account: { id: user.id, label: login },
      scopes: [],
      signedInAt: issuedAt,
      pair: { ...(await emulator.control.issuePair(clientId, user.id)), issuedAt },
    };
    const account = { userId: user.id, clientId, id: user.id, labels: [login] };
    records.push([`account/${user.id}/${clientId}`, account], [`session/${session.id}`, session]);
  }
  return new Map(
    records.map(([key, record]) => [key, JSON.stringify({ revision: 1, version: 1, ...record })]),
  );
}
