/**
 * Application scopes, which an app is given in the Developer Console and a sign-in may ask for.
 * https://developer.box.com/guides/api-calls/permissions-and-errors/scopes
 */
export const APPLICATION_SCOPES = [
  'root_readonly',
  'root_readwrite',
  'manage_managed_users',
  'manage_app_users',
  'manage_groups',
  'manage_webhook',
  'manage_enterprise_properties',
  'manage_data_retention',
  // Box's guide has the plural, Box's OpenAPI the singular.
  'manage_legal_holds',
  'manage_legal_hold',
  'sign_requests.readwrite',
  'ai.readwrite',
  'manage_triggers',
  'docgen.readwrite',
  'enterprise_content',
] as const;

/**
 * Scopes that only downscoped tokens have, and that apply to a file or folder.
 * https://developer.box.com/guides/authentication/tokens/downscope
 */
export const DOWNSCOPE_SCOPES = [
  'annotation_edit',
  'annotation_view_all',
  'annotation_view_self',
  'base_explorer',
  'base_picker',
  'base_preview',
  'base_sidebar',
  'base_upload',
  'item_delete',
  'item_download',
  'item_preview',
  // In Box's OpenAPI (`ResourceScope`) alone.
  'item_read',
  'item_rename',
  'item_share',
  'item_upload',
] as const;

/**
 * Application scopes that Box's guide lets a downscoped token have too.
 * https://developer.box.com/guides/api-calls/permissions-and-errors/scopes
 */
export const EXCHANGEABLE_APPLICATION_SCOPES = [
  'root_readonly',
  'root_readwrite',
  'manage_managed_users',
  'manage_app_users',
  'manage_groups',
  'manage_webhook',
  'manage_enterprise_properties',
  'manage_data_retention',
  'sign_requests.readwrite',
  'ai.readwrite',
] as const satisfies readonly ApplicationScope[];

/** One of {@link APPLICATION_SCOPES}. */
export type ApplicationScope = (typeof APPLICATION_SCOPES)[number];
/** One of {@link DOWNSCOPE_SCOPES}. */
export type DownscopeScope = (typeof DOWNSCOPE_SCOPES)[number];

/** Whether a name is a documented application scope. */
export function isApplicationScope(name: string): name is ApplicationScope {
  return (APPLICATION_SCOPES as readonly string[]).includes(name);
}

/** Whether a name is a documented scope of either kind. */
export function isKnownScope(name: string): boolean {
  return isApplicationScope(name) || isDownscopeScope(name);
}

/** Whether a name is a documented scope of downscoped tokens alone. */
export function isDownscopeScope(name: string): name is DownscopeScope {
  return (DOWNSCOPE_SCOPES as readonly string[]).includes(name);
}

/** What names the resource of a downscoped token among scopes. */
export const RESOURCE_PREFIX = 'resource:';

/** Whether a scope makes a request one for a downscoped token: such a scope, or a resource. */
export function isOfDownscopedRequest(scope: string): boolean {
  return isDownscopeScope(scope) || scope.startsWith(RESOURCE_PREFIX);
}
