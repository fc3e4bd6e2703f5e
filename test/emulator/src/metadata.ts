import { challenge } from './bearer';
import { json, type Reply } from './http';
import type { Model } from './model';

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'];
const TERMS = 'https://www.box.com/legal/termsofservice';

/** `GET /.well-known/oauth-authorization-server` (RFC 8414), with the fields that Box's has. */
export const serverMetadataEndpoint = ({ origin }: Model): Reply =>
  json(200, {
    issuer: origin,
    authorization_endpoint: `${origin}/api/oauth2/authorize`,
    token_endpoint: `${origin}/oauth2/token`,
    revocation_endpoint: `${origin}/oauth2/revoke`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    revocation_endpoint_auth_methods_supported: AUTH_METHODS,
    code_challenge_methods_supported: ['S256'],
    service_documentation: 'https://developer.box.com/guides/authentication/',
    op_policy_uri: TERMS,
    op_tos_uri: TERMS,
  });

/** `GET /.well-known/oauth-protected-resource` (RFC 9728) of the MCP server. */
export const resourceMetadataEndpoint = ({ origin, switches }: Model): Reply =>
  json(200, {
    resource: `${origin}/`,
    authorization_servers: [switches.issuerSlash ? `${origin}/` : origin],
    bearer_methods_supported: ['header'],
    resource_name: 'Box Model Context Protocol Server',
    resource_documentation: 'https://developer.box.com/guides/box-mcp/',
    resource_policy_uri: TERMS,
    resource_tos_uri: TERMS,
  });

/** `/mcp`: the 401 of Box's MCP server, which names its metadata. */
export const mcpEndpoint = ({ origin }: Model): Reply =>
  challenge(
    401,
    'invalid_request',
    'The access token was not found.',
    `, resource_metadata="${origin}/.well-known/oauth-protected-resource"`,
  );

/** `GET /.well-known/openid-configuration`: Box has no OpenID Connect and answers 401. */
export const openIdEndpoint = (): Reply =>
  challenge(401, 'invalid_request', 'The access token was not found.');
