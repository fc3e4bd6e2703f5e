import * as vscode from 'vscode';
import type { SignInMethod } from '../../signIn/signInMethod';
import { DEVELOPER_CONSOLE } from '../links';
import { methodUse } from '../signIn/signInMethods';

type Item = vscode.QuickPickItem & { readonly run: (picker: vscode.QuickPick<Item>) => unknown };

/**
 * Shows the redirect URIs to register at Box, with what each is for. Each is copied by choosing it or by its button; the list stays open
 * until the person goes on or closes it.
 * @param next what going on means, in words.
 * @returns whether the person went on.
 */
export function showRedirectUris(methods: readonly SignInMethod[], next: string): Promise<boolean> {
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = vscode.l10n.t('Register these redirect URIs at Box, exactly as they are');
  picker.placeholder = vscode.l10n.t(
    'Box Developer Console → your app → Configuration → OAuth 2.0 Redirect URIs',
  );
  picker.ignoreFocusOut = true;
  return new Promise((resolve) => {
    const goOn: Item = {
      label: `$(arrow-right) ${next}`,
      detail: vscode.l10n.t('When the redirect URIs are registered and saved'),
      run: () => {
        resolve(true);
        picker.hide();
      },
    };
    picker.items = [...uriItems(methods), consoleItem(), goOn];
    picker.onDidAccept(() => picker.selectedItems[0]?.run(picker));
    picker.onDidTriggerItemButton(({ item }) => item.run(picker));
    picker.onDidHide(() => {
      resolve(false);
      picker.dispose();
    });
    picker.show();
  });
}

/** One item for each redirect URI, which several methods may share. */
function uriItems(methods: readonly SignInMethod[]): Item[] {
  const uses = new Map<string, string>();
  for (const method of methods) {
    for (const uri of method.redirectUris()) if (!uses.has(uri)) uses.set(uri, methodUse(method.name));
  }
  return [...uses].map(([uri, use]) => uriItem(uri, use));
}

function uriItem(uri: string, use: string): Item {
  return {
    label: uri,
    detail: use,
    buttons: [{ iconPath: new vscode.ThemeIcon('copy'), tooltip: vscode.l10n.t('Copy {0}', uri) }],
    run: async (picker) => {
      await vscode.env.clipboard.writeText(uri);
      picker.items = picker.items.map((item) =>
        item.label === uri ? { ...item, detail: vscode.l10n.t('$(check) Copied') } : item,
      );
    },
  };
}

function consoleItem(): Item {
  return {
    label: vscode.l10n.t('$(link-external) Open the Box Developer Console'),
    detail: DEVELOPER_CONSOLE,
    buttons: [
      {
        iconPath: new vscode.ThemeIcon('link-external'),
        tooltip: vscode.l10n.t('Open the Box Developer Console'),
      },
    ],
    run: () => vscode.env.openExternal(vscode.Uri.parse(DEVELOPER_CONSOLE)),
  };
}
