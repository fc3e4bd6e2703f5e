import type { EmulatorApp, EmulatorUser, Enterprise, GrantType } from './types';
import { seedKey } from './keys';
import { digits, lowerAlphanumeric } from './random';

const EXCHANGE: GrantType = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Names, ids and secrets of what a new emulator holds; all invented. */
export const SEED = {
  clientId: 'boxemulatorclientid0000000000001',
  clientSecret: 'boxemulatorsecret4q8w2e6r0t1y5u9',
  appName: 'Example App',
  jwtClientId: 'boxemulatorclientid0000000000002',
  jwtClientSecret: 'boxemulatorsecret7a3s9d5f1g8h2j6',
  jwtKeyId: 'example1',
  ccgClientId: 'boxemulatorclientid0000000000003',
  ccgClientSecret: 'boxemulatorsecret1z5x8c2v6b0n4m7',
  enterpriseId: '2718281',
  enterpriseName: 'Example Works',
  userId: '3141592653',
  userName: 'Dana Rivera',
  userLogin: 'dana.rivera@example.com',
  personalUserId: '1618033988',
  personalUserName: 'Sam Okafor',
  personalUserLogin: 'sam.okafor@example.com',
} as const;

const ENTERPRISE: Enterprise = { type: 'enterprise', id: SEED.enterpriseId, name: SEED.enterpriseName };

/** A user with every field but those given at its default: active, ordinary, without an enterprise. */
export const userWithDefaults = (user: Partial<EmulatorUser> & { id: string }): EmulatorUser => ({
  name: `User ${user.id}`,
  login: `user.${user.id}@example.com`,
  status: 'active',
  role: 'user',
  enterprise: null,
  accountState: 'ok',
  hasAvatar: true,
  isPlatformAccessOnly: false,
  serviceAccountOf: null,
  ...user,
});

/** The account that a server-side app acts as, with the kind of login that Box gives it. */
export const newServiceAccount = (app: EmulatorApp): EmulatorUser =>
  userWithDefaults({
    id: digits(11),
    name: app.name,
    login: `AutomationUser_${digits(7)}_${lowerAlphanumeric(10)}@boxdevedition.com`,
    enterprise: { type: 'enterprise', id: app.enterpriseId, name: SEED.enterpriseName },
    hasAvatar: false,
    serviceAccountOf: app.clientId,
  });

/** An app with every field but those given at its default: OAuth 2.0, allowed by the administrator. */
export const appWithDefaults = (app: Partial<EmulatorApp> & { clientId: string }): EmulatorApp => ({
  clientSecret: SEED.clientSecret,
  name: SEED.appName,
  redirectUris: [],
  grantTypes: ['authorization_code', 'refresh_token', EXCHANGE],
  scopes: ['root_readonly', 'root_readwrite', 'manage_webhook', 'ai.readwrite'],
  publicKeys: [],
  enterpriseId: SEED.enterpriseId,
  enabledByAdmin: true,
  accessLevel: 'app+enterprise',
  userAccessTokens: false,
  actAsUsers: false,
  ...app,
});

/** The users of a new emulator: one in an enterprise, one with a personal account. */
export const seedUsers = (): EmulatorUser[] => [
  userWithDefaults({
    id: SEED.userId,
    name: SEED.userName,
    login: SEED.userLogin,
    role: 'admin',
    enterprise: ENTERPRISE,
  }),
  userWithDefaults({
    id: SEED.personalUserId,
    name: SEED.personalUserName,
    login: SEED.personalUserLogin,
    hasAvatar: false,
  }),
];

const redirectUris = (origin: string): string[] => [
  'https://vscode.dev/redirect',
  `${origin}/redirect`,
  ...[17160, 24160, 31160].map((port) => `http://127.0.0.1:${port}/callback`),
  'code-oss://vscode-box.box-authentication/callback',
  'vscode://vscode-box.box-authentication/callback',
];

/** The apps of a new emulator at `origin`: OAuth 2.0, JWT and CCG. */
export const seedApps = (origin: string): EmulatorApp[] => [
  appWithDefaults({ clientId: SEED.clientId, redirectUris: redirectUris(origin) }),
  appWithDefaults({
    clientId: SEED.jwtClientId,
    clientSecret: SEED.jwtClientSecret,
    name: 'Example JWT App',
    grantTypes: ['urn:ietf:params:oauth:grant-type:jwt-bearer', EXCHANGE],
    scopes: ['root_readonly', 'root_readwrite', 'manage_managed_users', 'manage_app_users'],
    publicKeys: [{ kid: SEED.jwtKeyId, pem: seedKey().publicPem }],
    userAccessTokens: true,
    actAsUsers: true,
  }),
  appWithDefaults({
    clientId: SEED.ccgClientId,
    clientSecret: SEED.ccgClientSecret,
    name: 'Example CCG App',
    grantTypes: ['client_credentials', EXCHANGE],
    scopes: ['root_readonly', 'root_readwrite', 'manage_managed_users', 'manage_app_users'],
    userAccessTokens: true,
    actAsUsers: true,
  }),
];
