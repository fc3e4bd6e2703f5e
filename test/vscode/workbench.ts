import type { FrameLocator, Page } from 'playwright-core';
import { AccountsMenu } from './accountsMenu';
import { Dialog } from './dialog';
import { Notifications } from './notifications';
import { eventually } from './poll';
import { QuickInput } from './quickInput';
import { StatusBarItem } from './statusBarItem';
import { Terminals } from './terminal';

/** Drives one window of VS Code as a person does: by what is on the screen. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly dialog: Dialog;
  readonly notifications: Notifications;
  readonly accounts: AccountsMenu;
  readonly terminals: Terminals;
  /** How often its extension host was killed since the page was loaded. */
  hostKills = 0;

  constructor(readonly page: Page) {
    this.quickInput = new QuickInput(page);
    this.dialog = new Dialog(page);
    this.notifications = new Notifications(page);
    this.accounts = new AccountsMenu(page);
    this.terminals = new Terminals(this);
  }

  /** Waits until the window can be used. Extensions may still be starting. */
  async ready(): Promise<void> {
    await this.page
      .locator('.monaco-workbench .statusbar-item[id="status.notifications"]')
      .waitFor({ timeout: 30_000 });
  }

  /** Loads the window again, as after a restart of VS Code. */
  async reload(): Promise<void> {
    await this.page.reload();
    this.hostKills = 0;
    await this.ready();
  }

  /**
   * Runs a command by its full title, such as `Box: Sign In`.
   *
   * @throws Error when the palette does not offer it within 30 seconds.
   */
  async runCommand(title: string): Promise<void> {
    const exact = new RegExp(`^${escapeRegExp(title)}$`);
    await this.#filterPalette(title, exact, () => this.quickInput.row(exact).click({ timeout: 10_000 }));
  }

  /** The titles that the palette offers for a filter, in its order; those in sight. */
  async commandsInPalette(filter: string): Promise<readonly string[]> {
    await this.#filterPalette(filter, filter);
    const titles = await this.quickInput.rows.locator('.label-name').allInnerTexts();
    await this.quickInput.cancel();
    return titles;
  }

  statusBarItem(id: string): StatusBarItem {
    return new StatusBarItem(this.page, id);
  }

  /** The Markdown that the editor in front shows, rendered. */
  report(): FrameLocator {
    return this.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  }

  /** What the clipboard holds. */
  async clipboard(): Promise<string> {
    await this.page.bringToFront();
    return this.page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Leaves nothing on the clipboard. */
  async clearClipboard(): Promise<void> {
    await this.page.bringToFront();
    await this.page.evaluate("navigator.clipboard.writeText('')");
  }

  /** Closes the box at the top, ends what can be cancelled in a notification, and leaves no notification and nothing on the clipboard. */
  async tidy(): Promise<void> {
    await this.clearClipboard();
    await this.quickInput.dismiss();
    await this.notifications.clear();
  }

  /**
   * Waits until VS Code has written something into its lasting state, such as an extension's access to an account. It
   * writes every few seconds, and does not when a window is closed.
   *
   * @param part What the value must contain, where the key may have been written without it.
   */
  async stateKept(key: string, part = ''): Promise<void> {
    await eventually(`VS Code to keep ${key}, with "${part}" in it`, async () => {
      const value = await this.page.evaluate<string | null>(readState(key));
      return value?.includes(part);
    });
  }

  /**
   * F1 is lost while the workbench moves the focus, and an open palette does not learn of commands that an extension
   * brings meanwhile: so it is opened again until it has what is looked for, and again when something that takes the
   * focus closes it before what is to be done there is done.
   */
  async #filterPalette(
    filter: string,
    expected: string | RegExp,
    act = (): Promise<void> => Promise.resolve(),
  ): Promise<void> {
    await this.page.bringToFront();
    const attempt = async (): Promise<boolean> => {
      await this.page.keyboard.press('F1');
      try {
        await this.quickInput.field.fill(`>${filter}`, { timeout: 1000 });
        await this.quickInput.row(expected).waitFor({ timeout: 2000 });
        await act();
        return true;
      } catch {
        // A key that nothing takes here would answer the dialog that a command has just opened.
        if (await this.quickInput.root.isVisible()) await this.page.keyboard.press('Escape');
        return false;
      }
    };
    await eventually(`the command ${filter}`, attempt, { timeoutMs: 30_000 });
  }
}

function readState(key: string): string {
  return `new Promise((resolve, reject) => {
    const opening = indexedDB.open('vscode-web-state-db-global');
    opening.onerror = reject;
    opening.onsuccess = () => {
      const database = opening.result;
      const search = database.transaction('ItemTable').objectStore('ItemTable').get(${JSON.stringify(key)});
      search.onerror = reject;
      search.onsuccess = () => resolve(search.result ?? null);
      database.close();
    };
  })`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
