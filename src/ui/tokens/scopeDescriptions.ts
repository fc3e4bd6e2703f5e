import * as vscode from 'vscode';
import {
  DOWNSCOPE_SCOPES,
  EXCHANGEABLE_APPLICATION_SCOPES,
  type ApplicationScope,
  type DownscopeScope,
} from '../../box/scopes';

/** A scope that a downscoped token can have. */
export type ExchangeableScope = DownscopeScope | (typeof EXCHANGEABLE_APPLICATION_SCOPES)[number];

/** Those scopes, the ones for a file or folder first. */
export const EXCHANGEABLE_SCOPES: readonly ExchangeableScope[] = [
  ...DOWNSCOPE_SCOPES,
  ...EXCHANGEABLE_APPLICATION_SCOPES,
];

/** What a scope allows, in words (Box guides on downscoping and on scopes). */
export function scopeDescription(scope: ExchangeableScope): string {
  return WORDS[scope]();
}

const WORDS: Readonly<Record<ExchangeableScope, () => string>> = {
  annotation_edit: () => vscode.l10n.t('Change and delete annotations'),
  annotation_view_all: () => vscode.l10n.t('See everyone’s annotations'),
  annotation_view_self: () => vscode.l10n.t('See the user’s own annotations'),
  base_explorer: () => vscode.l10n.t('Browse folders with the Content Explorer'),
  base_picker: () => vscode.l10n.t('Browse folders with the Content Picker'),
  base_preview: () => vscode.l10n.t('See files with Content Preview'),
  base_sidebar: () => vscode.l10n.t('See basic file information in the Content Sidebar'),
  base_upload: () => vscode.l10n.t('Upload to a folder with the Content Uploader'),
  item_delete: () => vscode.l10n.t('Delete files and folders'),
  item_download: () => vscode.l10n.t('Download files'),
  item_preview: () => vscode.l10n.t('Preview files without downloading them'),
  item_read: () => vscode.l10n.t('Read files and folders'),
  item_rename: () => vscode.l10n.t('Rename files and folders'),
  item_share: () => vscode.l10n.t('Create shared links'),
  item_upload: () => vscode.l10n.t('Upload files with the Content Picker'),
  root_readonly: () => vscode.l10n.t('Read all files and folders the session can access'),
  root_readwrite: () => vscode.l10n.t('Read and change all files and folders the session can access'),
  manage_managed_users: () => vscode.l10n.t('Manage managed users'),
  manage_app_users: () => vscode.l10n.t('Manage app users'),
  manage_groups: () => vscode.l10n.t('Manage groups'),
  manage_webhook: () => vscode.l10n.t('Manage webhooks'),
  manage_enterprise_properties: () => vscode.l10n.t('Manage enterprise properties'),
  manage_data_retention: () => vscode.l10n.t('Manage retention policies'),
  'sign_requests.readwrite': () => vscode.l10n.t('Manage Box Sign requests'),
  'ai.readwrite': () => vscode.l10n.t('Use Box AI'),
} satisfies Record<DownscopeScope, () => string> & Partial<Record<ApplicationScope, () => string>>;
