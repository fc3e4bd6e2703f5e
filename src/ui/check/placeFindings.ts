import * as vscode from 'vscode';
import type { BlockedPort, FindingCode, MethodReason } from '../../check/finding';
import { methodUse } from '../signIn/signInMethods';
import type { Wording } from './findingWords';

type PlaceCode = Extract<
  FindingCode,
  | `redirect_uri_${string}`
  | 'method_chosen'
  | `ports_${string}`
  | `secrets_${string}`
  | 'sessions_unsaved'
  | `folder_${string}`
  | `windows_${string}`
  | `revocations_${string}`
>;

/** The words for what was found of this window and this computer. */
export const placeFindings: Wording<PlaceCode> = {
  redirect_uri_accepted: ({ uri }) => ({ found: vscode.l10n.t('{0} is registered.', uri) }),
  redirect_uri_refused: ({ uri, isFirst }) => ({
    found: isFirst
      ? vscode.l10n.t('{0} isn’t registered. A sign-in from this window sends it first.', uri)
      : vscode.l10n.t(
          '{0} isn’t registered. A sign-in from this window sends it if another method fails.',
          uri,
        ),
    advice: vscode.l10n.t(
      'Open the app in the Box Developer Console, and add the address under Configuration > OAuth 2.0 Redirect URIs, exactly as it is here. Then save.',
    ),
  }),
  redirect_uri_untold: ({ uri }) => ({
    found: vscode.l10n.t(
      '{0}: until you’ve signed in, Box doesn’t say whether it’s registered. Look under Configuration > OAuth 2.0 Redirect URIs in the Box Developer Console.',
      uri,
    ),
  }),
  method_chosen: ({ method, reason, others }) => ({
    found:
      others.length === 0
        ? `${methodUse(method)}. ${reasonText(reason)}`
        : vscode.l10n.t(
            '{0}. {1} If it fails: {2}.',
            methodUse(method),
            reasonText(reason),
            others.map(methodUse).join(', '),
          ),
  }),
  ports_free: ({ ports }) => ({ found: vscode.l10n.t('Free: {0}.', ports.join(', ')) }),
  ports_blocked: ({ free, blocked }) => ({
    found: vscode.l10n.t('Free: {0}. Can’t be used: {1}.', free.join(', '), blockedText(blocked)),
  }),
  ports_none: ({ blocked }) => ({
    found:
      blocked.length === 0
        ? vscode.l10n.t('The setting localServerPorts is empty.')
        : vscode.l10n.t('None can be used: {0}.', blockedText(blocked)),
    advice: vscode.l10n.t(
      'Close the programs that use these ports, or add others to the setting localServerPorts and register their redirect URIs at Box. Until then, another method is used.',
    ),
  }),
  ports_not_used: () => ({ found: vscode.l10n.t('Not used in this window.') }),
  secrets_readable: () => ({
    found: vscode.l10n.t('It works. {0} doesn’t say whether it uses a system keyring.', vscode.env.appName),
  }),
  secrets_failing: ({ code }) => ({
    found: vscode.l10n.t('It isn’t working ({0}).', code),
    advice: keyring(),
  }),
  sessions_unsaved: ({ count }) => ({
    found:
      count === 1
        ? vscode.l10n.t('One session couldn’t be stored and ends with this window.')
        : vscode.l10n.t('{0} sessions couldn’t be stored and end with this window.', count),
    advice: keyring(),
  }),
  folder_writable: () => ({ found: vscode.l10n.t('The folder is writable.') }),
  folder_failing: ({ systemCode }) => ({
    found: vscode.l10n.t('The folder isn’t writable ({0}).', systemCode),
    advice: vscode.l10n.t(
      'Free up disk space, and make sure you can write to the user data folder of {0}.',
      vscode.env.appName,
    ),
  }),
  windows_share: () => ({ found: vscode.l10n.t('All windows on this computer share their sessions.') }),
  windows_share_in_browser: () => ({
    found: vscode.l10n.t('The windows of one browser share their sessions. Another browser has its own.'),
  }),
  windows_stale: () => ({
    found: vscode.l10n.t('Another window has stored something that this one doesn’t have.'),
    advice: vscode.l10n.t('Reload this window.'),
  }),
  windows_apart: ({ stores }) => ({
    found: vscode.l10n.t(
      'There were {0} separate stores on this computer in the last day. Browsers, and windows without a keyring, each have their own.',
      stores,
    ),
    advice: keyring(),
  }),
  windows_untold: () => ({ found: vscode.l10n.t('Nothing has been stored yet.') }),
  revocations_none: () => ({ found: vscode.l10n.t('None.') }),
  revocations_waiting: ({ count }) => ({
    found:
      count === 1
        ? vscode.l10n.t('One token of this app isn’t revoked yet. It will be retried automatically.')
        : vscode.l10n.t(
            '{0} tokens of this app aren’t revoked yet. They will be retried automatically.',
            count,
          ),
    advice: vscode.l10n.t(
      'Fix the other problems in this report. If it’s urgent, revoke the tokens in the Box Developer Console or in the Box account settings.',
    ),
  }),
};

function reasonText(reason: MethodReason): string {
  switch (reason) {
    case 'setting':
      return vscode.l10n.t('It’s set in signInMethod.');
    case 'worked':
      return vscode.l10n.t('It worked here last time.');
    case 'own_page':
      return vscode.l10n.t('The setting redirectPage names a page of your own.');
    case 'page_forwards':
      return vscode.l10n.t('The page forwards to this editor.');
    case 'same_computer':
      return vscode.l10n.t('The browser and this extension run on the same computer.');
    case 'nothing_else':
      return vscode.l10n.t('The browser can’t reach this extension.');
  }
}

function blockedText(blocked: readonly BlockedPort[]): string {
  return blocked.map(({ port, systemCode }) => `${port} (${systemCode})`).join(', ');
}

function keyring(): string {
  return vscode.l10n.t('Unlock or install a keyring, then restart {0}.', vscode.env.appName);
}
