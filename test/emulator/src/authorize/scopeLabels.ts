const LABELS: Readonly<Record<string, string>> = {
  root_readonly: 'Read all files and folders stored in Box',
  root_readwrite: 'Read and write all files and folders stored in Box',
  manage_managed_users: 'Manage users',
  manage_app_users: 'Manage users',
  manage_groups: 'Manage groups',
  manage_webhook: 'Manage webhooks',
  manage_enterprise_properties: 'Manage enterprise properties',
  manage_data_retention: 'Manage retention policies',
  'sign_requests.readwrite': 'Manage signature requests',
  'ai.readwrite': 'Manage AI',
  manage_triggers: 'Manage Box Relay',
  enterprise_content: 'Global Content Manager',
};

/** What the consent page calls the scopes, each name once; a scope without a published name shows as itself. */
export const scopeLabels = (scopes: readonly string[]): string[] => [
  ...new Set(scopes.map((scope) => LABELS[scope] ?? scope)),
];
