import * as vscode from 'vscode';
import type { BoxApp } from '../apps/app';

/** Whom a server-side app acts as, as the setting `apps` has it. */
export type Subject = Pick<BoxApp, 'enterpriseId' | 'userId'>;

/**
 * Asks whom a server-side app should act as. Undefined when the person gives up.
 * @param known what to begin with.
 */
export async function askSubject(appName: string, known: Subject = {}): Promise<Subject | undefined> {
  const serviceAccount = {
    label: vscode.l10n.t('$(server) As its service account'),
    detail: vscode.l10n.t('The app’s own user in your enterprise, which Box has made for it'),
    ask: () => askEnterpriseId(known.enterpriseId),
  };
  const user = {
    label: vscode.l10n.t('$(person) As a user'),
    detail: vscode.l10n.t(
      'A user of the enterprise or of the app; at Box, Generate User Access Tokens must be on',
    ),
    ask: () => askUserId(known),
  };
  const chosen = await vscode.window.showQuickPick([serviceAccount, user], {
    title: vscode.l10n.t('Whom should {0} act as?', appName),
    ignoreFocusOut: true,
  });
  return chosen?.ask();
}

async function askEnterpriseId(value = ''): Promise<Subject | undefined> {
  const enterpriseId = await askNumber(
    vscode.l10n.t('Enterprise ID'),
    vscode.l10n.t('Enterprise ID, from General Settings of the app in the Box Developer Console'),
    value,
  );
  return enterpriseId === undefined ? undefined : { enterpriseId };
}

async function askUserId({ enterpriseId, userId = '' }: Subject): Promise<Subject | undefined> {
  const id = await askNumber(
    vscode.l10n.t('User ID'),
    vscode.l10n.t('ID of the Box user to act as, a number; the Admin Console shows it'),
    userId,
  );
  return id === undefined ? undefined : { userId: id, ...(enterpriseId !== undefined && { enterpriseId }) };
}

async function askNumber(title: string, prompt: string, value: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (entered) =>
      /^\d+$/.test(entered.trim()) ? undefined : vscode.l10n.t('Enter a number, digits only.'),
  });
  return text?.trim();
}
