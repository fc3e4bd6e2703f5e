import { randomUUID } from 'node:crypto';
import { eventually } from './poll';
import type { Settings } from './settings';
import type { Workbench } from './workbench';

/**
 * Replaces the user settings in their editor, and waits until the window has the new ones. What extensions are told
 * to do from now on they do with these. A window in the browser notices a file that was changed behind its back only
 * in its first seconds.
 */
export async function saveUserSettings(workbench: Workbench, settings: Settings): Promise<void> {
  const { page } = workbench;
  const title = `Settings ${randomUUID()}`;
  await workbench.runCommand('Preferences: Open User Settings (JSON)');
  const editor = page.locator('.monaco-editor[data-uri$="/settings.json"]');
  await editor.and(page.locator('.focused')).waitFor();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify({ ...settings, 'window.title': title }));
  await page.keyboard.press('ControlOrMeta+S');
  await eventually('the settings', async () => (await page.title()) === title);
  await workbench.runCommand('View: Close Editor');
  await editor.waitFor({ state: 'detached' });
}
