import * as vscode from 'vscode';
import type { FindingCode } from '../../check/finding';
import { JwtKeyError } from '../../box/errors';
import { appTypeName } from '../apps/appTypes';
import { messageFor } from '../messages/messages';
import { jwtKeyMessage } from '../messages/requestMessages';
import { plainText } from '../messages/userMessage';
import type { FindingWords, Wording } from './findingWords';

type AppCode = Extract<
  FindingCode,
  | `credentials_${string}`
  | `secret_${string}`
  | `type_${string}`
  | `key_${string}`
  | 'authorized'
  | 'not_authorized'
  | 'authorization_of_users'
  | `subject_${string}`
  | 'grant_refused'
  | 'assertion_refused'
  | `user_tokens_${string}`
  | `access_level_${string}`
  | 'service_account_refused'
  | `scopes_${string}`
>;

/** The words for what was found of an app at Box. */
export const appFindings: Wording<AppCode> = {
  credentials_accepted: () => ({ found: vscode.l10n.t('Box accepts them.') }),
  credentials_refused: ({ looksLikeClientId }) => ({
    found: looksLikeClientId
      ? vscode.l10n.t(
          'Box rejected the client ID or client secret (invalid_client). It doesn’t say which one is wrong.',
        )
      : vscode.l10n.t(
          'Box rejected the client ID or client secret (invalid_client). It doesn’t say which one is wrong, but this client ID doesn’t look like one of Box’s, which have 32 lowercase letters and digits.',
        ),
    advice: vscode.l10n.t(
      'Open the app in the Box Developer Console, and copy the client ID and the client secret again from its Configuration page. Then enter them with Box: Configure App.',
    ),
  }),
  secret_missing: (_, { authMethod }) => ({
    found: vscode.l10n.t('No client secret of this app is stored on this computer for this Box.'),
    advice: authMethod === 'jwt' ? chooseConfigFile() : enterSecret(),
  }),
  secret_unreadable: () => ({
    found: vscode.l10n.t('The client secret can’t be read from secret storage.'),
  }),
  type_right: ({ type }) => ({ found: vscode.l10n.t('At Box, this is an app with {0}.', appTypeName(type)) }),
  type_wrong: ({ setting, atBox }) => ({
    found:
      atBox === undefined
        ? vscode.l10n.t(
            'The settings say {0}, but at Box this is an app of another type.',
            appTypeName(setting),
          )
        : vscode.l10n.t(
            'The settings say {0}, but at Box this is an app with {1}.',
            appTypeName(setting),
            appTypeName(atBox),
          ),
    advice: vscode.l10n.t(
      'Remove the app in Box: Configure App and add it again as the type it is at Box. Or create a Platform App with {0} in the Box Developer Console and add that one.',
      appTypeName(setting),
    ),
  }),
  key_right: ({ keyId }) => ({
    found: vscode.l10n.t('Box has the public key {0}, and it matches.', plainText(keyId)),
  }),
  key_missing: () => ({
    found: vscode.l10n.t('No private key of this app is stored on this computer for this Box.'),
    advice: chooseConfigFile(),
  }),
  key_unusable: ({ problem }, { name }) => ({
    found: jwtKeyMessage(new JwtKeyError(problem), plainText(name)).text,
  }),
  key_id_unknown: ({ keyId }) => ({
    found: vscode.l10n.t('The app has no public key with the ID {0} at Box.', plainText(keyId)),
    advice: newKeyPair(),
  }),
  key_mismatch: ({ keyId }) => ({
    found: vscode.l10n.t(
      'The public key {0} at Box doesn’t match the private key stored here.',
      plainText(keyId),
    ),
    advice: newKeyPair(),
  }),
  authorized: () => ({ found: vscode.l10n.t('The app is authorized: Box gave it a token.') }),
  not_authorized: (_, { clientId }) => ({
    found: vscode.l10n.t('No administrator has authorized the app (unauthorized_client).'),
    advice: vscode.l10n.t(
      'Ask a Box administrator to authorize the client ID {0} in the Admin Console, under Platform Apps Manager.',
      clientId,
    ),
  }),
  authorization_of_users: (_, { clientId }) => ({
    found: vscode.l10n.t(
      'Only a sign-in shows whether your company allows the app. If it ends with Disabled by Administrator or error 107, ask a Box administrator to enable the client ID {0} in the Admin Console, under Platform Apps Manager.',
      clientId,
    ),
  }),
  subject_right: ({ kind }) => ({
    found:
      kind === 'enterprise'
        ? vscode.l10n.t('The app acts as its service account.')
        : vscode.l10n.t('The app acts as the user in the settings.'),
  }),
  subject_missing: () => ({
    found: vscode.l10n.t('The settings name neither an enterprise nor a user for the app to act as.'),
    advice: vscode.l10n.t('Run Box: Configure App, choose the app, and choose who it acts as.'),
  }),
  subject_no_enterprise: () => ({
    found: vscode.l10n.t(
      'Enterprise ID 0 means that this Box account doesn’t belong to an enterprise, so the app has no service account.',
    ),
    advice: vscode.l10n.t('Run Box: Configure App, choose the app, and choose who it acts as.'),
  }),
  assertion_refused: ({ error }, { name }) => ({ found: messageFor(error, name).text }),
  subject_refused: ({ kind }) => ({
    found:
      kind === 'enterprise'
        ? vscode.l10n.t('Box rejected the enterprise ID in the settings.')
        : vscode.l10n.t('Box rejected the user ID in the settings.'),
    advice:
      kind === 'enterprise'
        ? vscode.l10n.t(
            'Compare it with the enterprise ID under General Settings in the Box Developer Console.',
          )
        : vscode.l10n.t('Compare it with the user ID in the Admin Console, under Users & Groups.'),
  }),
  grant_refused: ({ kind, serviceAccountWorks }) => refusedGrant(kind, serviceAccountWorks),
  user_tokens_on: () => ({ found: vscode.l10n.t('The app can generate them.') }),
  user_tokens_off: ({ isSure }) => ({
    found: isSure
      ? vscode.l10n.t('The app can’t act as users.')
      : vscode.l10n.t('They may be turned off too.'),
    advice: vscode.l10n.t(
      'In the Box Developer Console, turn on Generate User Access Tokens and save. Then ask a Box administrator to authorize the app again.',
    ),
  }),
  user_tokens_not_needed: () => ({
    found: vscode.l10n.t('Not needed here: the app acts as its service account.'),
  }),
  access_level_enough: () => ({ found: vscode.l10n.t('It’s high enough for this user.') }),
  access_level_low: ({ isSure }) => ({
    found: isSure
      ? vscode.l10n.t('It’s too low to act as this user.')
      : vscode.l10n.t('It may be too low to act as this user.'),
    advice: selectAccessLevel(),
  }),
  service_account_refused: () => ({
    found: vscode.l10n.t(
      'Box doesn’t let the app act as its service account. The access level may be too low, the app may not be authorized, or it may be of another type at Box.',
    ),
    advice: selectAccessLevel(),
  }),
  access_level_not_needed: () => ({
    found: vscode.l10n.t('Box doesn’t show it to a service account.'),
  }),
  scopes_given: ({ scopes }) => ({
    found: vscode.l10n.t('Box granted the app: {0}.', plainText(scopes.join(', '))),
  }),
  scopes_refused: ({ scopes, given }) => ({
    found:
      given.length === 0
        ? vscode.l10n.t('Box didn’t grant the app: {0}.', plainText(scopes.join(', ')))
        : vscode.l10n.t(
            'Box didn’t grant the app: {0}. It granted: {1}.',
            plainText(scopes.join(', ')),
            plainText(given.join(', ')),
          ),
    advice: vscode.l10n.t(
      'Enable them under Application Scopes in the Box Developer Console and save. Then ask a Box administrator to authorize the app again.',
    ),
  }),
  scopes_not_exchangeable: ({ scopes }) => ({
    found: vscode.l10n.t(
      'Can’t be checked: {0}. Look under Application Scopes in the Box Developer Console.',
      plainText(scopes.join(', ')),
    ),
  }),
  scopes_untold: () => ({
    found: vscode.l10n.t(
      'Box doesn’t say which scopes an app has. Look under Application Scopes in the Box Developer Console.',
    ),
  }),
};

function refusedGrant(kind: 'enterprise' | 'user', serviceAccountWorks: boolean): FindingWords {
  if (kind === 'enterprise') {
    return {
      found: vscode.l10n.t(
        'Box refused the service account (invalid_grant). Either the enterprise ID is wrong, or the app isn’t authorized.',
      ),
      advice: vscode.l10n.t(
        'Compare the enterprise ID with General Settings in the Box Developer Console. Then ask a Box administrator whether the app is authorized.',
      ),
    };
  }
  const found = serviceAccountWorks
    ? vscode.l10n.t(
        'Box refused the user (invalid_grant), but not the service account. So the app is authorized, and either the user ID is wrong, or the app may not act as this user.',
      )
    : vscode.l10n.t(
        'Box refused the user (invalid_grant). The user ID may be wrong, the app may not be allowed to act as this user, or it may not be authorized.',
      );
  return {
    found,
    advice: vscode.l10n.t(
      'Compare the user ID with the Admin Console. In the Box Developer Console, select App + Enterprise Access, turn on Generate User Access Tokens, and save. Then ask a Box administrator to authorize the app again.',
    ),
  };
}

function selectAccessLevel(): string {
  return vscode.l10n.t(
    'In the Box Developer Console, select App + Enterprise Access and save. Then ask a Box administrator to authorize the app again.',
  );
}

function enterSecret(): string {
  return vscode.l10n.t(
    'Run Box: Configure App, choose the app, and enter the client secret from its Configuration page in the Box Developer Console.',
  );
}

function chooseConfigFile(): string {
  return vscode.l10n.t('Run Box: Configure App, choose the app, and choose its config.json.');
}

function newKeyPair(): string {
  return vscode.l10n.t(
    'In the Box Developer Console, look under Add and Manage Public Keys. Generate a new key pair there, and choose its config.json with Box: Configure App.',
  );
}
