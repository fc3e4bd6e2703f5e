import type { Locator, Page } from 'playwright-core';

/** One item of the status bar. */
export class StatusBarItem {
  readonly root: Locator;

  /** @param id The id that the extension gave it; VS Code puts the extension's own before it. */
  constructor(
    private readonly page: Page,
    id: string,
  ) {
    this.root = page.locator(`.statusbar-item[id$="${id}"]`);
  }

  /** The item, where its text contains another. */
  withText(text: string | RegExp): Locator {
    return this.root.filter({ hasText: text });
  }

  /** Waits until the text contains another. */
  async expectText(text: string | RegExp, timeoutMs = 30_000): Promise<void> {
    await this.withText(text).waitFor({ timeout: timeoutMs });
  }

  /** Waits until the icon of this name, such as `warning`, stands in the item. */
  async expectIcon(name: string): Promise<void> {
    await this.root.locator(`.codicon-${name}`).waitFor();
  }

  /** What a screen reader says. */
  async ariaLabel(): Promise<string> {
    return (await this.root.locator('[aria-label]').first().getAttribute('aria-label')) ?? '';
  }

  /** The text that appears while the mouse is over the item. */
  async tooltip(): Promise<string> {
    await this.root.hover();
    const hover = this.page.locator('.workbench-hover:visible').first();
    await hover.waitFor();
    return hover.innerText();
  }

  async click(): Promise<void> {
    await this.root.locator('a, .statusbar-item-label').first().click();
  }
}
