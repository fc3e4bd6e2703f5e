import * as vscode from 'vscode';
import type { SignInMethod, SignInMethodName } from '../../signIn/signInMethod';
import { DEVELOPER_CONSOLE } from '../links';
import { separator } from '../separator';
import type { Notifications } from '../messages/notifications';
import { methodUse } from '../signIn/signInMethods';

/** Dependencies of {@link RedirectUriPicker}. */
export interface RedirectUriPickerDependencies {
  readonly methods: Readonly<Record<SignInMethodName, SignInMethod>>;
  /** The methods that a sign-in from this window would try, in order. @throws SettingError */
  readonly usable: () => Promise<readonly SignInMethodName[]>;
  readonly notifications: Pick<Notifications, 'run'>;
}

/** A redirect URI to register. */
export interface ListedRedirectUri {
  readonly uri: string;
  /** The first method that sends it. */
  readonly method: SignInMethodName;
  /** Whether it was sent to Box just now. */
  readonly isSent: boolean;
}

/** The redirect URIs of an app. */
export interface RedirectUriList {
  /** The one or two that a sign-in from this window sends first, and one that was sent. */
  readonly needed: readonly ListedRedirectUri[];
  /** Those of other places, and of methods that come later. */
  readonly others: readonly ListedRedirectUri[];
}

/** How many a newcomer has to register. */
const MOST_NEEDED = 2;

/**
 * Parts the redirect URIs of all methods into those that are needed here and the others.
 * @param usable the methods that a sign-in from here would try, in order.
 * @param sent one that was sent to Box.
 */
export function redirectUriList(
  methods: RedirectUriPickerDependencies['methods'],
  usable: readonly SignInMethodName[],
  sent?: string,
): RedirectUriList {
  const names = [...new Set([...usable, ...Object.values(methods).map(({ name }) => name)])];
  const byUri = new Map<string, ListedRedirectUri>();
  for (const method of names) {
    for (const uri of methods[method].redirectUris()) {
      if (!byUri.has(uri)) byUri.set(uri, { uri, method, isSent: uri === sent });
    }
  }
  const firsts = usable.map((name) => methods[name].redirectUris()[0]).filter((uri) => uri !== undefined);
  const wanted = new Set([...new Set(firsts)].slice(0, MOST_NEEDED));
  const all = [...byUri.values()].toSorted((a, b) => Number(b.isSent) - Number(a.isSent));
  return {
    needed: all.filter(({ uri, isSent }) => isSent || wanted.has(uri)),
    others: all.filter(({ uri, isSent }) => !isSent && !wanted.has(uri)),
  };
}

type Item = vscode.QuickPickItem & {
  readonly uri?: string;
  readonly run?: (picker: vscode.QuickPick<Item>) => unknown;
};

/** Shows the redirect URIs to register at Box. The list stays open until the person goes on or closes it. */
export class RedirectUriPicker {
  constructor(private readonly dependencies: RedirectUriPickerDependencies) {}

  /**
   * Shows the list. Each redirect URI is copied by choosing it or by its button.
   * @param next what going on means, in words.
   * @param sent one that was sent to Box and is not registered: the list opens at it.
   * @returns whether the person went on.
   * @throws SettingError
   */
  async show(next: string, sent?: string): Promise<boolean> {
    const { methods, usable, notifications } = this.dependencies;
    const list = redirectUriList(methods, await usable(), sent);
    const picker = vscode.window.createQuickPick<Item>();
    picker.title = vscode.l10n.t('Register these redirect URIs at Box, exactly as shown');
    picker.placeholder = vscode.l10n.t(
      'Box Developer Console → your app → Configuration → OAuth 2.0 Redirect URIs',
    );
    picker.ignoreFocusOut = true;
    // A title bar button is in sight however far the list is scrolled.
    const done = { iconPath: new vscode.ThemeIcon('arrow-right'), tooltip: next };
    picker.buttons = [done];
    return new Promise((resolve) => {
      const goOn = (): void => {
        resolve(true);
        picker.hide();
      };
      picker.items = itemsOf(list, next, goOn);
      picker.activeItems = picker.items.filter(({ uri }) => uri !== undefined && uri === sent);
      const choose = (item: Item | undefined): void => {
        void notifications.run('A choice among the redirect URIs', () => item?.run?.(picker));
      };
      picker.onDidAccept(() => {
        choose(picker.selectedItems[0]);
      });
      picker.onDidTriggerItemButton(({ item }) => {
        choose(item);
      });
      picker.onDidTriggerButton(goOn);
      picker.onDidHide(() => {
        resolve(false);
        picker.dispose();
      });
      picker.show();
    });
  }
}

function itemsOf({ needed, others }: RedirectUriList, next: string, goOn: () => void): Item[] {
  return [
    separator(vscode.l10n.t('Needed here')),
    ...needed.map((each, index) => uriItem(each, neededText(each, index === 0))),
    ...(needed.length > 1 ? [copyAllItem(needed)] : []),
    consoleItem(),
    {
      label: `$(arrow-right) ${next}`,
      detail: vscode.l10n.t('Once the redirect URIs are registered and saved'),
      run: goOn,
    },
    ...(others.length > 0 ? [separator(vscode.l10n.t('For other places'))] : []),
    ...others.map((each) => uriItem(each)),
  ];
}

function neededText({ isSent }: ListedRedirectUri, isFirst: boolean): string {
  if (isSent) return vscode.l10n.t('Sent to Box just now');
  return isFirst ? vscode.l10n.t('Register this one first') : vscode.l10n.t('Then this one');
}

function uriItem({ uri, method }: ListedRedirectUri, description?: string): Item {
  return {
    uri,
    label: uri,
    ...(description !== undefined && { description }),
    detail: methodUse(method),
    buttons: [{ iconPath: new vscode.ThemeIcon('copy'), tooltip: vscode.l10n.t('Copy {0}', uri) }],
    run: (picker) => copy(picker, uri, (item) => item.uri === uri),
  };
}

function copyAllItem(needed: readonly ListedRedirectUri[]): Item {
  const label = vscode.l10n.t('$(copy) Copy All');
  const all = needed.map(({ uri }) => uri).join('\n');
  return {
    label,
    detail: vscode.l10n.t('Those needed here, one per line'),
    run: (picker) => copy(picker, all, (item) => item.label === label),
  };
}

async function copy(
  picker: vscode.QuickPick<Item>,
  text: string,
  isCopied: (item: Item) => boolean,
): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  picker.items = picker.items.map((item) =>
    isCopied(item) ? { ...item, detail: vscode.l10n.t('$(check) Copied') } : item,
  );
  picker.activeItems = picker.items.filter(isCopied);
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
