import * as vscode from 'vscode';
import { separator } from '../separator';
import type { Notifications } from '../messages/notifications';
import { methodTitle } from './signInMethods';
import type { PendingSignIn } from './pendingSignIn';

type Item = vscode.QuickPickItem & {
  readonly run?: () => unknown;
  readonly staysOpen?: boolean;
};

/** Shows what was sent to Box, the two usual causes of an error on its page, and how to go on. */
export async function showSignInHelp(
  window: PendingSignIn,
  notifications: Pick<Notifications, 'run'>,
): Promise<void> {
  const choose = (item: Item | undefined): void => {
    void notifications.run('Help with a sign-in', () => run(picker, item));
  };
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = vscode.l10n.t('Having trouble signing in to Box?');
  picker.placeholder = vscode.l10n.t('Choose what the Box page says, or how to continue');
  picker.ignoreFocusOut = true;
  picker.matchOnDetail = true;
  picker.items = items(window);
  await new Promise<void>((resolve) => {
    picker.onDidTriggerItemButton(({ item }) => {
      choose(item);
    });
    picker.onDidAccept(() => {
      choose(picker.selectedItems[0]);
    });
    picker.onDidHide(() => {
      resolve();
      picker.dispose();
    });
    window.ended.addEventListener('abort', () => {
      picker.hide();
    });
    picker.show();
  });
}

async function run(picker: vscode.QuickPick<Item>, item: Item | undefined): Promise<void> {
  if (item === undefined) return;
  if (item.staysOpen !== true) picker.hide();
  await item.run?.();
}

function items(window: PendingSignIn): Item[] {
  const query = new URL(window.url ?? 'https://box.invalid').searchParams;
  const redirectUri = query.get('redirect_uri') ?? '';
  const clientId = query.get('client_id') ?? '';
  return [
    separator(vscode.l10n.t('What was sent to Box')),
    copyItem(redirectUri, vscode.l10n.t('Redirect URI, to register exactly as shown'), redirectUri),
    copyItem(clientId, vscode.l10n.t('Client ID of {0}', window.attempt.appName), clientId),
    separator(vscode.l10n.t('The two most common causes')),
    {
      label: vscode.l10n.t('$(link) Box says “redirect_uri_mismatch”'),
      detail: vscode.l10n.t('Show what to register. If it’s registered, the app type is wrong'),
      run: () => vscode.commands.executeCommand('box-authentication.showRedirectUris', redirectUri),
    },
    copyItem(
      vscode.l10n.t('$(organization) Box says your administrator doesn’t allow the app'),
      vscode.l10n.t('Copy a message that asks for it to be enabled'),
      messageToAdministrator(window.attempt.appName, clientId),
    ),
    {
      label: vscode.l10n.t('$(checklist) Check App…'),
      detail: vscode.l10n.t('Check what’s wrong with {0}', window.attempt.appName),
      run: () => vscode.commands.executeCommand('box-authentication.checkApp', window.attempt.appName),
    },
    separator(vscode.l10n.t('How to continue')),
    { label: vscode.l10n.t('$(globe) Reopen the Box Page'), run: () => window.openAgain() },
    { label: vscode.l10n.t('$(copy) Copy the Link to the Box Page'), run: () => window.copyLink() },
    {
      label: vscode.l10n.t('$(clippy) Paste the Address from Your Browser'),
      run: () => window.showPasteBox(),
    },
    ...window.attempt.otherMethods.map((method) => ({
      label: `$(arrow-swap) ${methodTitle(method)}`,
      detail: vscode.l10n.t('Ends this sign-in and starts another method'),
      run: () => {
        window.chooseMethod(method);
      },
    })),
  ];
}

function copyItem(label: string, detail: string, text: string): Item {
  const tooltip = vscode.l10n.t('Copy');
  return {
    label,
    detail,
    staysOpen: true,
    buttons: [{ iconPath: new vscode.ThemeIcon('copy'), tooltip }],
    run: async () => {
      await vscode.env.clipboard.writeText(text);
      vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Copied'), 5000);
    },
  };
}

/** What to send to the administrator, who enables an app there: Box guide on app approval. */
export function messageToAdministrator(appName: string, clientId: string): string {
  return vscode.l10n.t(
    'Hello, I’d like to use the Box app “{0}” in {2}, but it isn’t authorized in our company. Could you please authorize or enable its client ID in the Admin Console, under Platform Apps Manager? Client ID: {1}. Thank you.',
    appName,
    clientId,
    vscode.env.appName,
  );
}
