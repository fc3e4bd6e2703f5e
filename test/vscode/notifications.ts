import type { Locator, Page } from 'playwright-core';
import { eventually } from './poll';

/** How grave a notification is, as its icon tells. */
export type Severity = 'info' | 'warning' | 'error';

/** What one notification shows. */
export interface NotificationContent {
  readonly severity: Severity | undefined;
  readonly message: string;
  readonly buttons: readonly string[];
  /** The texts of the links within the message. */
  readonly links: readonly string[];
}

const itemSelector = '.notifications-toasts .notification-list-item';

const readAll = `[...document.querySelectorAll('${itemSelector}')].map(item => {
  const texts = selector => [...item.querySelectorAll(selector)].map(element => element.textContent ?? '');
  const icon = item.querySelector('.notification-list-item-icon')?.className ?? '';
  return {
    severity: ['info', 'warning', 'error'].find(severity => icon.includes('codicon-' + severity)),
    message: item.querySelector('.notification-list-item-message')?.textContent ?? '',
    buttons: texts('.notification-list-item-buttons-container .monaco-button'),
    links: texts('.notification-list-item-message a'),
  };
})`;

/** Gives whether there was nothing left to press. */
const clearAll = `(() => {
  const items = [...document.querySelectorAll('${itemSelector}')];
  for (const item of items) {
    const cancel = [...item.querySelectorAll('.monaco-button')].find(({ textContent }) => textContent === 'Cancel');
    (cancel ?? item.querySelector('.codicon-notifications-clear'))?.click();
  }
  return items.length === 0;
})()`;

/** The notifications that are on the screen. */
export class Notifications {
  readonly #items: Locator;

  constructor(private readonly page: Page) {
    this.#items = page.locator(itemSelector);
  }

  /** Everything shown now, newest first. */
  async list(): Promise<readonly NotificationContent[]> {
    return this.page.evaluate<NotificationContent[]>(readAll);
  }

  /** Waits for a notification that contains the text. */
  async expect(text: string | RegExp, timeoutMs = 30_000): Promise<NotificationContent> {
    await this.#item(text).waitFor({ timeout: timeoutMs });
    return eventually(`a notification with ${String(text)}`, async () => {
      const found = (await this.list()).find(({ message }) => matches(message, text));
      return found;
    });
  }

  /** Waits until no notification contains the text. */
  async expectGone(text: string | RegExp, timeoutMs = 30_000): Promise<void> {
    await this.#item(text).waitFor({ state: 'detached', timeout: timeoutMs });
  }

  /** Waits for the notification and presses one of its buttons. */
  async press(text: string | RegExp, button: string): Promise<void> {
    const item = this.#item(text);
    await item.hover();
    await item
      .locator('.notification-list-item-buttons-container .monaco-button', { hasText: button })
      .first()
      .click();
  }

  /** Presses every `Cancel`, and closes what cannot be cancelled, until none is shown. */
  async clear(): Promise<void> {
    await eventually('no notification to be left', () => this.page.evaluate<boolean>(clearAll));
  }

  /** Waits for the notification and follows a link within its text. */
  async followLink(text: string | RegExp, link: string): Promise<void> {
    await this.#item(text).locator('.notification-list-item-message a', { hasText: link }).first().click();
  }

  #item(text: string | RegExp): Locator {
    return this.#items.filter({ hasText: text }).first();
  }
}

function matches(message: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? message.toLowerCase().includes(text.toLowerCase()) : text.test(message);
}
