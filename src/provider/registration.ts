import * as vscode from 'vscode';
import type { BoxAuthenticationProvider } from './authenticationProvider';

/** Id of the provider, by which other extensions ask for Box sessions. */
export const PROVIDER_ID = 'box';

/** Registers the provider: from now on VS Code and other extensions ask it. */
export function registerProvider(provider: BoxAuthenticationProvider): vscode.Disposable {
  return vscode.authentication.registerAuthenticationProvider(PROVIDER_ID, 'Box', provider, {
    supportsMultipleAccounts: true,
  });
}
