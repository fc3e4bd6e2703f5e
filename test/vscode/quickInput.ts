import type { Locator, Page } from 'playwright-core';
import { eventually } from './poll';

const readRows = `[...document.querySelectorAll('.quick-input-widget .quick-input-list .monaco-list-row')]
  .map(row => row.getAttribute('aria-label') ?? '')`;

/** VS Code's box at the top of the window that takes text or offers a choice. */
export class QuickInput {
  /** The whole box, while it is shown. */
  readonly root: Locator;
  /** The field for text or for filtering. */
  readonly field: Locator;
  /** The rows to choose from. Rows out of sight are not there. */
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.root = page.locator('.quick-input-widget:visible');
    this.field = this.root.locator('input.input');
    this.rows = this.root.locator('.quick-input-list .monaco-list-row');
  }

  /** Waits until a box is shown whose title or placeholder contains the text. */
  async expect(text: string | RegExp): Promise<void> {
    const titled = this.root.filter({ has: this.page.locator('.quick-input-title', { hasText: text }) });
    const hinted = this.root.filter({ has: this.page.getByPlaceholder(text) });
    await titled.or(hinted).first().waitFor();
  }

  /** Waits until no box is shown. */
  async closed(): Promise<void> {
    await this.root.waitFor({ state: 'hidden' });
  }

  /** Waits until the line under the field contains the text. */
  async expectMessage(text: string | RegExp): Promise<void> {
    await this.root.locator('.quick-input-message', { hasText: text }).waitFor();
  }

  /** Tells whether what is typed is hidden. */
  async isPassword(): Promise<boolean> {
    return (await this.field.getAttribute('type')) === 'password';
  }

  /** The visible rows as read aloud: label, description and detail. */
  async rowTexts(): Promise<readonly string[]> {
    await this.rows.first().waitFor();
    return this.page.evaluate<string[]>(readRows);
  }

  /** Replaces the text without accepting it. */
  async type(text: string): Promise<void> {
    await this.field.fill(text);
  }

  /** Types a text and accepts it. */
  async submit(text: string): Promise<void> {
    await this.type(text);
    await this.accept();
  }

  async accept(): Promise<void> {
    await this.field.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.field.press('Escape');
  }

  /** Closes the box, and what it leads back to, if one is shown. */
  async dismiss(): Promise<void> {
    await eventually('no box to be shown', async () => {
      if (!(await this.root.isVisible())) return true;
      await this.page.keyboard.press('Escape');
      return false;
    });
  }

  /**
   * Chooses a file in VS Code's own file dialog, which is such a box. It fills its list several times for one path, and
   * drops a text or an Enter that comes in between: like a person, this tries again while nothing happened.
   */
  async chooseFile(dialogTitle: RegExp, path: string): Promise<void> {
    await this.expect(dialogTitle);
    const tryOnce = async (): Promise<boolean> => {
      const [title] = await this.root.locator('.quick-input-title').allInnerTexts();
      if (title === undefined || !dialogTitle.test(title)) return true;
      if ((await this.field.inputValue()) === path) await this.accept();
      else await this.type(path);
      return false;
    };
    await eventually('the file to be chosen', tryOnce, { intervalMs: 250 });
  }

  /** Chooses the first row whose label contains the text. */
  async pick(label: string | RegExp): Promise<void> {
    await this.row(label).click();
  }

  /** The first row whose label contains the text. */
  row(label: string | RegExp): Locator {
    return this.rows.filter({ has: this.page.locator('.label-name', { hasText: label }) }).first();
  }

  /** Presses a button of the row whose label contains the text; shown only while the mouse is over the row. */
  async pressRowButton(label: string | RegExp, button: string | RegExp): Promise<void> {
    const row = this.row(label);
    await row.hover();
    await row.getByRole('button', { name: button }).click();
  }
}
