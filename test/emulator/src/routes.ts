import {
  authorizeEndpoint,
  consentEndpoint,
  consentFormEndpoint,
  loginEndpoint,
  loginFormEndpoint,
} from './authorize/endpoint';
import { apiEndpoint } from './api';
import { folderItemsEndpoint } from './folderItems';
import { homeEndpoint } from './home';
import type { EmulatorRequest, Reply } from './http';
import { itemsEndpoint } from './items';
import { legacyEndpoint } from './legacy';
import { mcpEndpoint, openIdEndpoint, resourceMetadataEndpoint, serverMetadataEndpoint } from './metadata';
import type { Model } from './model';
import { redirectPageEndpoint } from './redirectPage';
import { revokeEndpoint } from './revoke';
import { tokenEndpoint } from './token/endpoint';
import type { Endpoint } from './types';
import { avatarEndpoint, usersEndpoint, usersMeEndpoint } from './users';

/** Answers a request from the model; may throw a `Refusal`. */
export type Handler = (model: Model, request: EmulatorRequest) => Reply;

/** Which requests an endpoint answers, and how. `*` stands for every method without a handler of its own. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly path: RegExp;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | '*', Handler>>>;
}

/** Every route, the first that matches wins. */
export const ROUTES: readonly Route[] = [
  { endpoint: 'home', path: /^\/$/, methods: { GET: homeEndpoint } },
  {
    endpoint: 'authorize',
    path: /^\/api\/oauth2\/authorize$/,
    methods: { GET: authorizeEndpoint, POST: authorizeEndpoint },
  },
  { endpoint: 'login', path: /^\/login$/, methods: { GET: loginFormEndpoint, POST: loginEndpoint } },
  { endpoint: 'consent', path: /^\/consent$/, methods: { GET: consentFormEndpoint, POST: consentEndpoint } },
  { endpoint: 'redirect', path: /^\/redirect$/, methods: { GET: redirectPageEndpoint } },
  { endpoint: 'token', path: /^\/oauth2\/token$/, methods: { GET: tokenEndpoint, POST: tokenEndpoint } },
  { endpoint: 'revoke', path: /^\/oauth2\/revoke$/, methods: { POST: revokeEndpoint } },
  { endpoint: 'usersMe', path: /^\/2\.0\/users\/me$/, methods: { GET: usersMeEndpoint } },
  { endpoint: 'avatar', path: /^\/2\.0\/users\/[^/]+\/avatar$/, methods: { GET: avatarEndpoint } },
  { endpoint: 'users', path: /^\/2\.0\/users\/[^/]+$/, methods: { GET: usersEndpoint } },
  { endpoint: 'items', path: /^\/2\.0\/(?:files|folders)\/\d+$/, methods: { GET: itemsEndpoint } },
  { endpoint: 'items', path: /^\/2\.0\/folders\/\d+\/items$/, methods: { GET: folderItemsEndpoint } },
  { endpoint: 'mcp', path: /^\/mcp$/, methods: { '*': mcpEndpoint } },
  {
    endpoint: 'metadata',
    path: /^\/\.well-known\/oauth-authorization-server$/,
    methods: { GET: serverMetadataEndpoint },
  },
  {
    endpoint: 'metadata',
    path: /^\/\.well-known\/oauth-protected-resource$/,
    methods: { GET: resourceMetadataEndpoint },
  },
  { endpoint: 'metadata', path: /^\/\.well-known\//, methods: { GET: openIdEndpoint } },
  { endpoint: 'legacy', path: /^\/api\/(?:oauth2\/|2\.0\/)/, methods: { '*': legacyEndpoint } },
  { endpoint: 'api', path: /^\/2\.0\//, methods: { '*': apiEndpoint } },
];
