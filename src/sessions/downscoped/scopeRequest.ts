import type { BoxBaseUrls } from '../../box/endpoints';
import { itemOf, readResource, type BoxResource, type ResourceProblem } from '../../box/resources';
import { isDownscopeScope, isOfDownscopedRequest, RESOURCE_PREFIX } from '../../box/scopes';

/** What an extension asks for, read out of the scopes that it gave. */
export type ScopeRequest =
  | { readonly kind: 'application'; readonly scopes: readonly string[] }
  | ({ readonly kind: 'downscoped' } & DownscopedRequest);

/** A narrower token than any that was signed in for (RFC 8693). */
export interface DownscopedRequest {
  /** As they were given, the resource included. */
  readonly asked: readonly string[];
  /** One at least. */
  readonly scopes: readonly string[];
  readonly resource: BoxResource | undefined;
}

/** Why scopes cannot be asked for together. */
export type ScopeRequestProblem =
  /** Some that only downscoped tokens have, and some that only a sign-in gives. */
  | 'mixed'
  /** A resource, and nothing that may be done with it. */
  | 'resource_alone'
  | 'several_resources'
  /** Not the address of a file, folder or shared link. */
  | 'unreadable_resource';

/** Scopes that no token can have. Nothing was asked of Box. */
export class ScopeRequestError extends Error {
  override readonly name = 'ScopeRequestError';

  /**
   * @param subject the scopes that are in the way.
   * @param resourceProblem what is wrong with a resource, where that is the problem.
   */
  constructor(
    readonly code: ScopeRequestProblem,
    readonly subject: readonly string[],
    readonly resourceProblem?: ResourceProblem | 'bare_id',
  ) {
    super(`These scopes cannot be asked for: ${code}`);
  }
}

/**
 * Reads the scopes of a request: those of a sign-in, or those of a downscoped token with one `resource:` at most.
 * @param origins the Box that is configured, whose own addresses name resources too.
 * @throws ScopeRequestError
 */
export function readScopes(asked: readonly string[], origins: BoxBaseUrls): ScopeRequest {
  if (!asked.some(isOfDownscopedRequest)) return { kind: 'application', scopes: asked };
  const resources = asked.filter((scope) => scope.startsWith(RESOURCE_PREFIX));
  const scopes = [...new Set(asked.filter((scope) => !scope.startsWith(RESOURCE_PREFIX)))];
  const others = scopes.filter((scope) => !isDownscopeScope(scope));
  if (others.length > 0) throw new ScopeRequestError('mixed', others);
  if (scopes.length === 0) throw new ScopeRequestError('resource_alone', resources);
  const [first, ...more] = new Set(resources);
  if (more.length > 0) throw new ScopeRequestError('several_resources', resources);
  const resource = first === undefined ? undefined : readAddress(first, origins);
  return { kind: 'downscoped', asked, scopes, resource };
}

function readAddress(scope: string, origins: BoxBaseUrls): BoxResource {
  const address = scope.slice(RESOURCE_PREFIX.length);
  const own = readOwn(address, origins);
  if (own !== undefined) return own;
  const read = readResource(address);
  if (read.kind === 'bareId') throw new ScopeRequestError('unreadable_resource', [scope], 'bare_id');
  if (read.kind === 'problem') throw new ScopeRequestError('unreadable_resource', [scope], read.problem);
  return read;
}

/** An address at the configured Box, where that is another than Box's own: it is sent as it was given. */
function readOwn(address: string, { account, api }: BoxBaseUrls): BoxResource | undefined {
  const path = [api, account].map((origin) => pathBelow(origin, address)).find((each) => each !== undefined);
  const [, kind, id] = /^\/(?:2\.0\/)?(file|folder)s?\/(\d{1,20})\/?$/.exec(path ?? '') ?? [];
  if (id !== undefined) return { ...itemOf(kind === 'file' ? 'file' : 'folder', id), resource: address };
  return path !== undefined && /^\/[sv]\/[^/]+$/.test(path)
    ? { kind: 'sharedLink', url: address }
    : undefined;
}

function pathBelow(origin: string, address: string): string | undefined {
  const isBoxItself = /^https:\/\/([a-z\d-]+\.)*box\.com$/.test(origin);
  return !isBoxItself && address.startsWith(`${origin}/`) ? address.slice(origin.length) : undefined;
}
