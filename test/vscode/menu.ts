import type { Locator, Page } from 'playwright-core';

/** VS Code swallows a click on a menu that has only just opened. */
const settleMs = 400;

/** The entries of the menu that is open, its submenus' included. */
export function menuEntries(page: Page): Locator {
  return page.locator('.monaco-menu .action-item');
}

/** Waits for an entry of the menu that is open and clicks it. */
export async function chooseFromMenu(page: Page, entry: string | RegExp): Promise<void> {
  const item = menuEntries(page).filter({ hasText: entry }).last();
  await item.waitFor();
  await page.waitForTimeout(settleMs);
  await item.click();
}
