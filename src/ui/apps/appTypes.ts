import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';

/** What the Developer Console calls a type of app. */
export function appTypeName(type: BoxApp['authMethod']): string {
  switch (type) {
    case 'oauth2':
      return vscode.l10n.t('User Authentication (OAuth 2.0)');
    case 'clientCredentials':
      return vscode.l10n.t('Server Authentication (Client Credentials Grant)');
    case 'jwt':
      return vscode.l10n.t('Server Authentication (JWT)');
  }
}
