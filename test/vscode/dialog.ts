import type { Locator, Page } from 'playwright-core';

/** What a modal dialog says and offers. */
export interface DialogContent {
  readonly message: string;
  /** The smaller text under the message; empty when there is none. */
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** VS Code's modal dialog. */
export class Dialog {
  readonly #box: Locator;
  readonly #buttons: Locator;

  constructor(page: Page) {
    this.#box = page.locator('.monaco-dialog-box');
    this.#buttons = this.#box.locator('.dialog-buttons .monaco-button');
  }

  /** Waits for the dialog that contains the text and presses a button of it. */
  async answer(text: string | RegExp, button: string): Promise<DialogContent> {
    const content = await this.read(text);
    await this.#buttons.getByText(button, { exact: true }).click();
    await this.#box.waitFor({ state: 'detached' });
    return content;
  }

  /** Waits for the dialog that contains the text. */
  async read(text: string | RegExp): Promise<DialogContent> {
    await this.#box.filter({ hasText: text }).waitFor();
    const [message = '', ...rest] = await this.#box
      .locator('.dialog-message-text, .dialog-message-detail')
      .allInnerTexts();
    return { message, detail: rest.join('\n'), buttons: await this.#buttons.allInnerTexts() };
  }

  /** Tells whether a dialog is shown now. */
  async isShown(): Promise<boolean> {
    return this.#box.isVisible();
  }
}
