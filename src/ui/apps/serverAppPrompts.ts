import * as vscode from 'vscode';
import { isNoEnterprise } from '../../apps/enterprise';
import { subjectOf, type BoxApp } from '../../apps/app';
import { stepTitle } from './appPrompts';

/** Whom a server-side app acts as, as the setting `apps` has it. */
export type Subject = Pick<BoxApp, 'enterpriseId' | 'userId'>;

/** Says whom an app acts as, in a few words. */
export function actsAs(app: BoxApp): string {
  const subject = subjectOf(app);
  switch (subject?.type) {
    case 'enterprise':
      return vscode.l10n.t('Acts as its service account in enterprise {0}', subject.id);
    case 'user':
      return vscode.l10n.t('Acts as user {0}', subject.id);
    case undefined:
      return app.authMethod === 'oauth2'
        ? vscode.l10n.t('Acts as the user who signs in')
        : vscode.l10n.t('Acting user not chosen yet');
  }
}

/** How {@link askSubject} asks. */
export interface SubjectQuestion {
  readonly appName: string;
  /** What to begin with. */
  readonly known?: Subject;
  /** Which of several steps the two boxes are; left out where nothing else is asked. */
  readonly steps?: readonly [string, string];
  /** Whether another entry of the app acts as this subject. */
  readonly isTaken: (subject: Subject) => boolean;
}

/** Asks whom a server-side app should act as, in two boxes. Undefined when the person gives up. */
export async function askSubject(question: SubjectQuestion): Promise<Subject | undefined> {
  const { appName, known = {}, steps = [] } = question;
  const [first, second] = steps;
  const serviceAccount = {
    label: vscode.l10n.t('$(server) As Its Service Account'),
    detail: vscode.l10n.t('The user that Box created for the app in your enterprise'),
    ask: () => askEnterpriseId(second, question, known.enterpriseId),
  };
  const user = {
    label: vscode.l10n.t('$(person) As a User'),
    detail: vscode.l10n.t('A managed user or app user; Generate User Access Tokens must be turned on at Box'),
    ask: () => askUserId(second, question, known),
  };
  const text = vscode.l10n.t('Who should {0} act as?', appName);
  const chosen = await vscode.window.showQuickPick([serviceAccount, user], {
    ...(first === undefined ? { title: text } : { title: stepTitle(first), placeHolder: text }),
    ignoreFocusOut: true,
  });
  return chosen?.ask();
}

async function askEnterpriseId(
  step: string | undefined,
  { isTaken }: SubjectQuestion,
  value = '',
): Promise<Subject | undefined> {
  const enterpriseId = await askNumber(
    step === undefined ? vscode.l10n.t('Enterprise ID') : stepTitle(step),
    vscode.l10n.t('Enterprise ID, from General Settings of the app in the Box Developer Console'),
    value,
    (id) => {
      if (isNoEnterprise(id)) {
        return vscode.l10n.t(
          'Enterprise ID 0 means that this Box account doesn’t belong to an enterprise, so the app has no service account.',
        );
      }
      return isTaken({ enterpriseId: id }) ? alreadyConfigured() : undefined;
    },
  );
  return enterpriseId === undefined ? undefined : { enterpriseId };
}

async function askUserId(
  step: string | undefined,
  { isTaken }: SubjectQuestion,
  { enterpriseId, userId = '' }: Subject,
): Promise<Subject | undefined> {
  const id = await askNumber(
    step === undefined ? vscode.l10n.t('User ID') : stepTitle(step),
    vscode.l10n.t('ID of the Box user to act as, a number; the Admin Console shows it'),
    userId,
    (entered) => (isTaken({ userId: entered }) ? alreadyConfigured() : undefined),
  );
  return id === undefined ? undefined : { userId: id, ...(enterpriseId !== undefined && { enterpriseId }) };
}

function alreadyConfigured(): string {
  return vscode.l10n.t('This app is already configured to act as this ID. Enter another one.');
}

async function askNumber(
  title: string,
  prompt: string,
  value: string,
  problemOf: (id: string) => string | undefined,
): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    value,
    ignoreFocusOut: true,
    validateInput: (entered) =>
      /^\d+$/.test(entered.trim())
        ? problemOf(entered.trim())
        : vscode.l10n.t('Enter a number with digits only.'),
  });
  return text?.trim();
}
