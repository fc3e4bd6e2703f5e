import * as vscode from 'vscode';
import * as v from 'valibot';
import { clientIdSchema } from '../../apps/app';

/**
 * The title of a box that is one of several steps.
 * @param step as in "2/3".
 */
export function stepTitle(step: string): string {
  return vscode.l10n.t('Configure a Box app ({0})', step);
}

/**
 * Asks for an app's name. Undefined when the person gives up.
 * @param step left out where nothing else is asked.
 */
export async function askName(step?: string, value = ''): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: step === undefined ? vscode.l10n.t('Name of the Box app') : stepTitle(step),
    prompt: vscode.l10n.t('A name for the app in VS Code'),
    placeHolder: vscode.l10n.t('My Box App'),
    value,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter a name.') : undefined),
  });
  return name?.trim();
}

/** Asks for a client ID that no other app has. Undefined when the person gives up. */
export async function askClientId(step: string, taken: readonly string[]): Promise<string | undefined> {
  const clientId = await vscode.window.showInputBox({
    title: stepTitle(step),
    prompt: vscode.l10n.t('Client ID, from the Configuration page of the app in the Box Developer Console'),
    ignoreFocusOut: true,
    validateInput: (text) => clientIdProblem(text.trim(), taken),
  });
  return clientId?.trim();
}

/** Asks for an app's client secret, unseen. Undefined when the person gives up. */
export async function askClientSecret(appName: string, step?: string): Promise<string | undefined> {
  const secret = await vscode.window.showInputBox({
    title: step === undefined ? vscode.l10n.t('Client secret of {0}', appName) : stepTitle(step),
    prompt: vscode.l10n.t(
      'Client secret of {0}, from the Configuration page of the Box Developer Console. It’s stored only in VS Code’s secret storage.',
      appName,
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter the client secret.') : undefined),
  });
  return secret?.trim();
}

function clientIdProblem(
  clientId: string,
  taken: readonly string[],
): string | vscode.InputBoxValidationMessage | undefined {
  if (clientId === '') return vscode.l10n.t('Enter the client ID.');
  if (!v.is(clientIdSchema, clientId)) {
    return vscode.l10n.t(
      'A client ID contains only letters and digits. Copy it again from the Developer Console.',
    );
  }
  if (taken.includes(clientId)) return vscode.l10n.t('An app with this client ID is already configured.');
  if (/^[a-z0-9]{32}$/.test(clientId)) return undefined;
  return {
    message: vscode.l10n.t(
      'Box client IDs usually have 32 lowercase letters and digits. Check that this one is complete.',
    ),
    severity: vscode.InputBoxValidationSeverity.Warning,
  };
}
