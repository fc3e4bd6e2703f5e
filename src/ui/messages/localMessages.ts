import * as vscode from 'vscode';
import { AUTH_METHODS } from '../../apps/app';
import type { AppField, SettingError, SettingProblem } from '../../apps/settings';
import type { SessionError, SessionErrorCode } from '../../sessions/errors';
import type { SessionRecord } from '../../sessions/store/sessionRecord';
import type { SignInError } from '../../signIn/errors';
import { plainText, type UserMessage } from './userMessage';

/** The message for a sign-in that ended on this side. */
export function signInMessage({ code, ports }: SignInError): UserMessage {
  switch (code) {
    case 'cancelled':
      return {
        text: vscode.l10n.t('The sign-in was canceled. Run Box: Sign In to start again.'),
        actions: ['signIn'],
      };
    case 'timed_out':
      return {
        text: vscode.l10n.t(
          'The Box page didn’t answer within five minutes. If it showed an error, compare the redirect URI in Configure App with the one in the Box Developer Console.',
        ),
        actions: ['signIn', 'configureApp'],
      };
    case 'other_method':
      return { text: vscode.l10n.t('The sign-in continues with another method.'), actions: [] };
    case 'other_account':
      return {
        text: vscode.l10n.t(
          'You didn’t confirm the account of the pasted code, so it was discarded. Sign in again and paste the whole address.',
        ),
        actions: ['signIn'],
      };
    case 'no_port':
      return {
        text:
          ports.length === 0
            ? vscode.l10n.t(
                'The local server can’t start: the setting box-authentication.localServerPorts is empty. Add a port whose redirect URI is registered at Box, or use another sign-in method.',
              )
            : vscode.l10n.t(
                'The local server can’t start: other programs or the system hold every port registered for it ({0}). Free one, register another at Box and add it to the setting box-authentication.localServerPorts, or use another sign-in method.',
                ports.join(', '),
              ),
        actions: ['openSetting', 'signIn'],
        setting: 'box-authentication.localServerPorts',
      };
  }
}

/** The message for a session that cannot be used. */
export function sessionMessage({ code, appName, session }: SessionError): UserMessage {
  return SESSION_MESSAGES[code]({
    account: plainText(session?.account.label ?? ''),
    app: plainText(appName),
    session,
  });
}

/** What a message names: the account and the app, as they may be shown. */
interface SessionSubject {
  readonly account: string;
  readonly app: string;
  readonly session: SessionRecord | undefined;
}

const SESSION_MESSAGES: Readonly<Record<SessionErrorCode, (subject: SessionSubject) => UserMessage>> = {
  signed_out: ({ account }) => ({
    text: vscode.l10n.t('{0} has been signed out. Sign in to use it again.', account),
    actions: ['signIn'],
  }),
  ended: ({ account, session }) =>
    session?.ended === 'expired' ? developerTokenEnded(session) : sessionEnded(account),
  client_secret_missing: ({ app }) => ({
    text: vscode.l10n.t('The client secret of {0} isn’t stored on this computer. Enter it to continue.', app),
    actions: ['enterClientSecret'],
  }),
  private_key_missing: ({ app }) => ({
    text: vscode.l10n.t(
      'The private key of {0} isn’t stored on this computer. Choose its config.json to continue.',
      app,
    ),
    actions: ['chooseConfigFile'],
  }),
  subject_missing: ({ app }) => ({
    text: vscode.l10n.t(
      'The settings don’t say who {0} acts as. In Configure App, choose its service account (by enterprise ID) or a user.',
      app,
    ),
    actions: ['configureApp'],
  }),
  no_enterprise: ({ app }) => ({
    text: vscode.l10n.t(
      'The enterprise ID of {0} is 0: its Box account doesn’t belong to an enterprise, so it has no service account. In Configure App, enter the ID of a user to act as, or create the app in an account that belongs to an enterprise.',
      app,
    ),
    actions: ['configureApp', 'openConsole'],
  }),
  not_renewable: () => ({
    text: vscode.l10n.t(
      'A developer token can’t be refreshed. Generate a new one in the Box Developer Console and add it.',
    ),
    actions: ['addDeveloperToken'],
  }),
  not_revocable: () => ({
    text: vscode.l10n.t(
      'You can only revoke a developer token in the Box Developer Console. Sign Out removes it here.',
    ),
    actions: ['openConsole', 'signOut'],
  }),
  no_refresh_token: ({ app }) => ({
    text: vscode.l10n.t(
      'Box sent no refresh token, so you can’t stay signed in. {0} probably isn’t of the type User Authentication (OAuth 2.0). Check it in the Box Developer Console, or create an app of that type and add it in Configure App.',
      app,
    ),
    actions: ['configureApp'],
  }),
};

function developerTokenEnded({ user }: SessionRecord): UserMessage {
  return {
    text: vscode.l10n.t(
      'The developer token of {0} has expired. Generate a new one in the Box Developer Console and add it.',
      plainText(user.login),
    ),
    actions: ['addDeveloperToken'],
  };
}

function sessionEnded(account: string): UserMessage {
  return {
    text: vscode.l10n.t(
      'The Box session of {0} has ended because it was revoked or not used for 60 days. Sign in again. The app is still configured.',
      account,
    ),
    actions: ['signIn'],
  };
}

/** The message for the setting `apps`, of which VS Code could not write a change. */
export function appsNotSavedMessage(): UserMessage {
  return {
    text: vscode.l10n.t(
      'Your settings.json can’t be written, so its Box apps are unchanged. It may have an error or unsaved changes, or be read-only. Open it, fix the problem, then try again.',
    ),
    actions: ['openSettingsFile'],
  };
}

/** The message for a setting that cannot be used. */
export function settingMessage(error: SettingError): UserMessage {
  const { setting, value, entry } = error;
  const shown = value === undefined ? '' : plainText(value);
  const text =
    entry === undefined
      ? settingText(error, setting, shown)
      : `${entryText(error, vscode.l10n.t('{0} (entry {1})', setting, entry.number), shown)} ${vscode.l10n.t('This entry isn’t used until it’s fixed.')}`;
  return { text, actions: ['openSetting'], setting };
}

function settingText({ problem }: SettingError, name: string, shown: string): string {
  const texts: Partial<Record<SettingProblem, string>> = {
    not_a_url: vscode.l10n.t(
      'The setting {0} must be a web address, not “{1}”. Nothing was sent.',
      name,
      shown,
    ),
    insecure: vscode.l10n.t(
      'The setting {0} must start with https because secrets are sent there; http is only for this computer. It’s “{1}”. Nothing was sent.',
      name,
      shown,
    ),
    has_credentials: vscode.l10n.t(
      'The setting {0} can’t have a user name or password. Nothing was sent.',
      name,
    ),
    has_query: vscode.l10n.t(
      'The setting {0} can’t have a query or fragment: it’s “{1}”. Nothing was sent.',
      name,
      shown,
    ),
  };
  return texts[problem] ?? vscode.l10n.t('The setting {0} has an invalid value. Nothing was sent.', name);
}

function entryText({ problem, entry, value }: SettingError, name: string, shown: string): string {
  if (problem === 'no_client_id') {
    return vscode.l10n.t(
      'The setting {0} has no usable client ID. Copy it from the Box Developer Console.',
      name,
    );
  }
  if (problem === 'duplicate_app') {
    return vscode.l10n.t(
      'The setting {0} repeats an earlier entry: it has the same client ID, {1}, and acts as the same user. Remove one, or give it another enterpriseId or userId.',
      name,
      shown,
    );
  }
  const { field } = entry ?? {};
  if (field === undefined) return vscode.l10n.t('The setting {0} isn’t a Box app.', name);
  const expected = vscode.l10n.t(
    'The setting {0} can’t be used: “{1}” must be {2}.',
    name,
    field,
    FIELDS[field](),
  );
  return value === undefined ? expected : `${expected} ${vscode.l10n.t('It’s {0}.', shown)}`;
}

/** What each field of an app may hold. */
const FIELDS: Readonly<Record<AppField, () => string>> = {
  name: () => vscode.l10n.t('text in quotation marks'),
  authMethod: () => vscode.l10n.t('one of {0}', AUTH_METHODS.map((method) => `"${method}"`).join(', ')),
  clientId: () => vscode.l10n.t('text in quotation marks'),
  enterpriseId: () => vscode.l10n.t('a number, as Box shows it'),
  userId: () => vscode.l10n.t('a number, as Box shows it'),
  publicKeyId: () => vscode.l10n.t('text in quotation marks'),
  scopes: () => vscode.l10n.t('a list such as {0}', '["root_readonly"]'),
};
