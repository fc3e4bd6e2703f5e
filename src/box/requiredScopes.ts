import type { ApplicationScope } from './scopes';

/** A call of Box's API, by which one can tell the scope that it needs. */
export interface ApiRequest {
  /** HTTP method, such as `GET`. */
  readonly method: string;
  /** The whole address, or its path from `/2.0/`. */
  readonly url: string;
}

interface Rule {
  readonly path: RegExp;
  readonly scope: ApplicationScope;
  /** Only for calls that change nothing. */
  readonly reading?: true;
}

/** The scope that calls of an area need, the first that fits (Box guide: permissions-and-errors/scopes). */
const RULES: readonly Rule[] = [
  { path: /^ai(_agents)?(\/|$)/, scope: 'ai.readwrite' },
  { path: /^docgen_/, scope: 'docgen.readwrite' },
  { path: /^sign_(requests|templates)(\/|$)/, scope: 'sign_requests.readwrite' },
  { path: /^webhooks(\/|$)/, scope: 'manage_webhook' },
  { path: /^group(s|_memberships)(\/|$)/, scope: 'manage_groups' },
  { path: /^retention_policy_assignments(\/|$)|^retention_policies(\/|$)/, scope: 'manage_data_retention' },
  { path: /^legal_hold_polic(ies|y_assignments)(\/|$)/, scope: 'manage_legal_holds' },
  { path: /^(device_pinners|enterprises)(\/|$)/, scope: 'manage_enterprise_properties' },
  { path: /^workflows(\/|$)/, scope: 'manage_triggers' },
  { path: /^users(\/(?!me(\/|$))|$)/, scope: 'manage_managed_users' },
  // The content of a file cannot be had with the reading scope.
  { path: /^files\/\d+\/content$/, scope: 'root_readwrite' },
  {
    path: /^(files|folders|web_links|comments|collections|search)(\/|$)/,
    scope: 'root_readonly',
    reading: true,
  },
  { path: /^(files|folders|web_links|comments)(\/|$)/, scope: 'root_readwrite' },
];

/** The application scope that a call needs, as Box's guide has it; none where that is not known. */
export function requiredScopes(request: Partial<ApiRequest> | null | undefined): readonly ApplicationScope[] {
  const { method, url } = request ?? {};
  if (typeof method !== 'string' || typeof url !== 'string') return [];
  const [, path] = /\/2\.0\/([^?#]{1,500})/.exec(url) ?? [];
  if (path === undefined) return [];
  const isReading = /^(get|head|options)$/i.test(method);
  const rule = RULES.find((each) => each.path.test(path) && (isReading || each.reading !== true));
  return rule === undefined ? [] : [rule.scope];
}
