import { ACCOUNT_STATES } from './accountStates';
import { empty, json, type EmulatorRequest, type Reply } from './http';
import { seedKey } from './keys';
import type { Model } from './model';
import { killAllOf } from './revoke';
import { appWithDefaults, userWithDefaults } from './seed';
import { checkSwitches } from './switches';
import type { AccessToken, RefreshToken } from './tokens';
import type { ControlApi } from './controlApi';
import type {
  BoxConfigFile,
  EmulatorApp,
  EmulatorUser,
  Fault,
  FaultEndpoint,
  FaultKind,
  IssuedPair,
  RecordedRequest,
  TokenInfo,
} from './types';

const FAULT_ENDPOINTS: readonly FaultEndpoint[] = ['authorize', 'token', 'revoke', 'usersMe', 'redirect'];
const FAULT_KINDS: readonly FaultKind[] = [
  'dropBefore',
  'dropAfter',
  'hang',
  'status',
  'html',
  'truncate',
  'delay',
  'json',
];

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new TypeError(message);
}

function putUser(model: Model, user: Partial<EmulatorUser> & { id: string }): void {
  demand(typeof user.id === 'string' && user.id !== '', 'A user needs an id');
  const { accountState = 'ok' } = user;
  demand(ACCOUNT_STATES.includes(accountState), `No such account state: ${accountState}`);
  model.users.set(user.id, { ...(model.users.get(user.id) ?? userWithDefaults(user)), ...user });
}

function putApp(model: Model, app: Partial<EmulatorApp> & { clientId: string }): void {
  demand(typeof app.clientId === 'string' && app.clientId !== '', 'An app needs a clientId');
  const stored = { ...(model.apps.get(app.clientId) ?? appWithDefaults(app)), ...app };
  model.apps.set(app.clientId, stored);
  model.recorder.keepSecret(stored.clientSecret);
}

function addFault(model: Model, fault: Fault): void {
  demand(FAULT_ENDPOINTS.includes(fault.endpoint), `No such endpoint: ${fault.endpoint}`);
  demand(FAULT_KINDS.includes(fault.kind), `No such fault: ${fault.kind}`);
  model.faults.add(fault);
}

function requests(model: Model, filter: { endpoint?: string; grantType?: string }): RecordedRequest[] {
  const { endpoint, grantType } = filter;
  return model.recorder.requests.filter(
    (request) =>
      (endpoint === undefined || request.endpoint === endpoint) &&
      (grantType === undefined || request.grantType === grantType),
  );
}

const ownerOf = ({ clientId, userId, scopes, pair }: AccessToken): Partial<TokenInfo> => ({
  clientId,
  userId,
  scopes,
  ...(pair === undefined ? {} : { pairId: pair.id, signIn: pair.signIn }),
});

function tokenInfo({ tokens }: Model, value: string): TokenInfo {
  const describe = (
    kind: 'access' | 'refresh',
    token: AccessToken | RefreshToken,
    access: AccessToken,
  ): TokenInfo => ({ kind, live: tokens.isLive(token), expiresAt: token.expiresAt, ...ownerOf(access) });
  const access = tokens.findAccess(value);
  if (access !== undefined) return describe('access', access, access);
  const pair = tokens.findPair(value);
  if (pair !== undefined) return describe('refresh', pair.refresh, pair.access);
  return { kind: 'unknown', live: false };
}

function issuePair(model: Model, clientId: string, userId: string, scopes?: string[]): IssuedPair {
  const app = model.apps.get(clientId);
  demand(app !== undefined, `No such app: ${clientId}`);
  demand(model.users.has(userId), `No such user: ${userId}`);
  const { access, refresh } = model.issuePair({ clientId, userId, scopes: scopes ?? app.scopes });
  return {
    accessToken: access.value,
    refreshToken: refresh.value,
    expiresIn: model.tokens.secondsLeft(access),
  };
}

function expire(model: Model, tokens: Iterable<AccessToken | RefreshToken>): void {
  const now = model.clock.now();
  for (const token of tokens) token.expiresAt = Math.min(token.expiresAt, now);
}

function configFile(model: Model, clientId: string): BoxConfigFile {
  const app = model.apps.get(clientId);
  demand(app !== undefined, `No such app: ${clientId}`);
  const { privatePem, passphrase } = seedKey();
  const publicKeyID = app.publicKeys[0]?.kid ?? '';
  return {
    boxAppSettings: {
      clientID: clientId,
      clientSecret: app.clientSecret,
      appAuth: { publicKeyID, privateKey: privatePem, passphrase },
    },
    enterpriseID: app.enterpriseId,
  };
}

/** The work behind `ControlClient`, on one model. Throws a `TypeError` when an argument is wrong. */
export const controlApi = (model: Model): ControlApi => ({
  reset: () => {
    model.reset();
  },
  set: (switches) => {
    Object.assign(model.switches, checkSwitches(switches));
  },
  putUser: (user) => {
    putUser(model, user);
  },
  putApp: (app) => {
    putApp(model, app);
  },
  removeUser: (id) => model.users.delete(id),
  removeApp: (clientId) => model.apps.delete(clientId),
  fault: (fault) => {
    addFault(model, fault);
  },
  clearFaults: () => {
    model.faults.clear();
  },
  advanceClock: (ms) => {
    model.clock.advance(ms);
  },
  freezeClock: () => {
    model.clock.freeze();
  },
  realClock: () => {
    model.clock.real();
  },
  requests: (filter = {}) => requests(model, filter),
  counters: () => model.recorder.counters,
  issuedSecrets: () => model.recorder.secrets,
  tokenInfo: (token) => tokenInfo(model, token),
  issuePair: (clientId, userId, scopes) => issuePair(model, clientId, userId, scopes),
  expireAccessTokens: () => {
    expire(model, model.tokens.allAccess);
  },
  expireRefreshTokens: () => {
    expire(
      model,
      [...model.tokens.allPairs].map((pair) => pair.refresh),
    );
  },
  revokeUser: (userId) => {
    killAllOf(model, userId);
  },
  configFile: (clientId) => configFile(model, clientId),
});

function run(model: Model, request: EmulatorRequest): unknown {
  const api: object = controlApi(model);
  const name = request.path.replace('/control/', '');
  const work: unknown = Object.hasOwn(api, name) ? Reflect.get(api, name) : undefined;
  demand(typeof work === 'function', `No such operation: ${name}`);
  const parameters: unknown = JSON.parse(request.body);
  demand(Array.isArray(parameters), 'The body must be an array of arguments');
  return Reflect.apply(work, undefined, parameters);
}

/**
 * `POST /control/<operation>` with a JSON array of arguments. A web page cannot call it: browsers send an `Origin`
 * with every POST, and this refuses one.
 */
export function controlEndpoint(model: Model, request: EmulatorRequest): Reply {
  if (request.method !== 'POST' || request.headers.origin !== undefined) return empty(403);
  try {
    return json(200, { result: model.clock.atOneInstant(() => run(model, request)) });
  } catch (error) {
    return json(400, { message: error instanceof Error ? error.message : 'The operation failed' });
  }
}
