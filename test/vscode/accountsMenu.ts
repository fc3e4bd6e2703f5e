import type { Locator, Page } from 'playwright-core';
import { chooseFromMenu, menuEntries } from './menu';
import { eventually } from './poll';

/** The Accounts menu at the foot of the activity bar. */
export class AccountsMenu {
  readonly #icon: Locator;
  readonly #entries: Locator;

  constructor(private readonly page: Page) {
    this.#icon = page.locator('.activitybar .codicon-accounts-view-bar-icon').first();
    this.#entries = menuEntries(page);
  }

  async open(): Promise<void> {
    await this.#icon.click();
    await this.#entries.first().waitFor();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.#entries.first().waitFor({ state: 'detached' });
  }

  /** Opens the menu, reads its entries and closes it. */
  async entries(): Promise<readonly string[]> {
    await this.open();
    const texts = await this.#entries.allInnerTexts();
    await this.close();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Opens the menu and chooses an entry, or with `sub` an entry of its submenu. */
  async choose(entry: string | RegExp, sub?: string | RegExp): Promise<void> {
    await this.open();
    if (sub === undefined) {
      await chooseFromMenu(this.page, entry);
      return;
    }
    await this.#entries.filter({ hasText: entry }).first().hover();
    await this.#chooseByKeys(sub);
  }

  /**
   * Chooses from the submenu of the entry under the mouse. Keys need not wait as clicks must. The mouse may have opened
   * it meanwhile, without the focus on any of its entries: the arrow to it is pressed again then.
   */
  async #chooseByKeys(entry: string | RegExp): Promise<void> {
    const focused = this.page.locator('.monaco-submenu .action-item.focused');
    await eventually(`${String(entry)} to have the focus`, async () => {
      if (await focused.filter({ hasText: entry }).isVisible()) return true;
      if (!(await focused.first().isVisible())) await this.page.keyboard.press('ArrowRight');
      await this.page.keyboard.press('ArrowDown');
      return false;
    });
    await this.page.keyboard.press('Enter');
  }
}
