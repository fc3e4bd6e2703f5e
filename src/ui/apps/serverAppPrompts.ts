import * as vscode from 'vscode';
import { isNoEnterprise } from '../../apps/enterprise';
import type { BoxApp } from '../../apps/app';
import { stepTitle } from './appPrompts';

/** Whom a server-side app acts as, as the setting `apps` has it. */
export type Subject = Pick<BoxApp, 'enterpriseId' | 'userId'>;

/**
 * Asks whom a server-side app should act as, in two boxes. Undefined when the person gives up.
 * @param known what to begin with.
 * @param steps which of several steps the two are; left out where nothing else is asked.
 */
export async function askSubject(
  appName: string,
  known: Subject = {},
  steps: readonly [string, string] | readonly [] = [],
): Promise<Subject | undefined> {
  const [first, second] = steps;
  const serviceAccount = {
    label: vscode.l10n.t('$(server) As its service account'),
    detail: vscode.l10n.t('The app’s own user in your enterprise, which Box has made for it'),
    ask: () => askEnterpriseId(second, known.enterpriseId),
  };
  const user = {
    label: vscode.l10n.t('$(person) As a user'),
    detail: vscode.l10n.t(
      'A user of the enterprise or of the app; at Box, Generate User Access Tokens must be on',
    ),
    ask: () => askUserId(second, known),
  };
  const question = vscode.l10n.t('Whom should {0} act as?', appName);
  const chosen = await vscode.window.showQuickPick([serviceAccount, user], {
    ...(first === undefined ? { title: question } : { title: stepTitle(first), placeHolder: question }),
    ignoreFocusOut: true,
  });
  return chosen?.ask();
}

async function askEnterpriseId(step: string | undefined, value = ''): Promise<Subject | undefined> {
  const enterpriseId = await askNumber(
    step === undefined ? vscode.l10n.t('Enterprise ID') : stepTitle(step),
    vscode.l10n.t('Enterprise ID, from General Settings of the app in the Box Developer Console'),
    value,
    (id) =>
      isNoEnterprise(id)
        ? vscode.l10n.t(
            'Enterprise ID 0 means that this Box account belongs to no enterprise, so the app has no service account.',
          )
        : undefined,
  );
  return enterpriseId === undefined ? undefined : { enterpriseId };
}

async function askUserId(
  step: string | undefined,
  { enterpriseId, userId = '' }: Subject,
): Promise<Subject | undefined> {
  const id = await askNumber(
    step === undefined ? vscode.l10n.t('User ID') : stepTitle(step),
    vscode.l10n.t('ID of the Box user to act as, a number; the Admin Console shows it'),
    userId,
  );
  return id === undefined ? undefined : { userId: id, ...(enterpriseId !== undefined && { enterpriseId }) };
}

async function askNumber(
  title: string,
  prompt: string,
  value: string,
  problemOf: (number: string) => string | undefined = () => undefined,
): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (entered) =>
      /^\d+$/.test(entered.trim()) ? problemOf(entered) : vscode.l10n.t('Enter a number, digits only.'),
  });
  return text?.trim();
}
