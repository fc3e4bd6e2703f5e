import * as vscode from 'vscode';
import type { Topic } from '../../check/finding';

/** What people read of a topic, whatever was found. */
export interface TopicWords {
  readonly title: string;
  /** Why it matters. */
  readonly why: string;
  /** A page that says more. */
  readonly link?: string;
}

const GUIDES = 'https://developer.box.com/guides';

/** The page of Box, or of VS Code, on a topic. */
const LINKS: Readonly<Partial<Record<Topic, string>>> = {
  apiServer: `${GUIDES}/api-calls/allowing-domain-access`,
  signInServer: `${GUIDES}/api-calls/allowing-domain-access`,
  credentials: `${GUIDES}/api-calls/permissions-and-errors/common-errors`,
  appType: `${GUIDES}/authentication/select`,
  key: `${GUIDES}/authentication/jwt/jwt-setup`,
  authorization: `${GUIDES}/authorization`,
  subject: `${GUIDES}/authentication/client-credentials`,
  userTokens: `${GUIDES}/authentication/client-credentials`,
  accessLevel: `${GUIDES}/authentication/client-credentials`,
  scopes: `${GUIDES}/api-calls/permissions-and-errors/scopes`,
  redirectUri: `${GUIDES}/authentication/oauth2/oauth2-setup`,
  ports: `${GUIDES}/authentication/oauth2/oauth2-setup`,
  secretStorage:
    'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues',
};

/** The words for a topic. */
export function topicWords(topic: Topic): TopicWords {
  const link = LINKS[topic];
  return { title: title(topic), why: why(topic), ...(link !== undefined && { link }) };
}

function title(topic: Topic): string {
  switch (topic) {
    case 'apiServer':
      return vscode.l10n.t('Box API');
    case 'signInServer':
      return vscode.l10n.t('Box sign-in page');
    case 'clock':
      return vscode.l10n.t('Clock of this computer');
    case 'credentials':
      return vscode.l10n.t('Client ID and client secret');
    case 'appType':
      return vscode.l10n.t('App type');
    case 'key':
      return vscode.l10n.t('Private key');
    case 'authorization':
      return vscode.l10n.t('Authorization by an administrator');
    case 'subject':
      return vscode.l10n.t('Acting user');
    case 'userTokens':
      return vscode.l10n.t('User access tokens');
    case 'accessLevel':
      return vscode.l10n.t('App access level');
    case 'scopes':
      return vscode.l10n.t('Scopes');
    case 'redirectUri':
      return vscode.l10n.t('Redirect URI');
    case 'signInMethod':
      return vscode.l10n.t('Sign-in method');
    case 'ports':
      return vscode.l10n.t('Local server ports');
    case 'secretStorage':
      return vscode.l10n.t('Secret storage');
    case 'folder':
      return vscode.l10n.t('Storage folder');
    case 'windows':
      return vscode.l10n.t('Sharing between windows');
    case 'revocations':
      return vscode.l10n.t('Pending revocations');
  }
}

function why(topic: Topic): string {
  switch (topic) {
    case 'apiServer':
      return vscode.l10n.t('Tokens are requested, refreshed, and revoked there.');
    case 'signInServer':
      return vscode.l10n.t('This is the page where you grant access.');
    case 'clock':
      return vscode.l10n.t('Certificates and signed requests are only valid for a certain time.');
    case 'credentials':
      return vscode.l10n.t('Box gives tokens only to an app that proves who it is.');
    case 'appType':
      return vscode.l10n.t(
        'Each type of app gets tokens in its own way, and the type can’t be changed later.',
      );
    case 'key':
      return vscode.l10n.t('A JWT app signs every request for a token with its private key.');
    case 'authorization':
      return vscode.l10n.t(
        'An app that acts as itself works only after an administrator has authorized it, and again after each change of its scopes or access level.',
      );
    case 'subject':
      return vscode.l10n.t('The token can do what this service account or user can do.');
    case 'userTokens':
      return vscode.l10n.t('Without them, the app can only act as its service account.');
    case 'accessLevel':
      return vscode.l10n.t('To act as a managed user, an app needs App + Enterprise Access.');
    case 'scopes':
      return vscode.l10n.t('A call that needs a scope the app doesn’t have fails with HTTP status 403.');
    case 'redirectUri':
      return vscode.l10n.t(
        'Box compares it character by character. If it isn’t registered, Box shows redirect_uri_mismatch instead of signing you in.',
      );
    case 'signInMethod':
      return vscode.l10n.t('It determines which redirect URI is sent to Box.');
    case 'ports':
      return vscode.l10n.t('With this method, the browser brings the answer back to one of these ports.');
    case 'secretStorage':
      return vscode.l10n.t('Sessions and client secrets are stored only there.');
    case 'folder':
      return vscode.l10n.t('Windows use it to agree on which of them refreshes a token.');
    case 'windows':
      return vscode.l10n.t('Windows that share their sessions refresh each token once.');
    case 'revocations':
      return vscode.l10n.t('Until Box has confirmed a revocation, the token may still work.');
  }
}
