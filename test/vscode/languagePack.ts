import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VSCodeServer } from './server';

/**
 * Lets something be done while a VS Code server has another display language, of which it knows no word: its windows
 * stay English, and extensions are told the language. VS Code's language packs are in no npm registry.
 *
 * @param language Such as `de`.
 */
export async function inLanguage(
  { directories: { data } }: VSCodeServer,
  language: string,
  use: () => Promise<void>,
): Promise<void> {
  const words = join(data, `${language}.i18n.json`);
  const chosen = join(data, 'User/argv.json');
  const extensions = [{ extensionIdentifier: { id: `vscode-box-test.${language}` }, version: '1.0.0' }];
  const pack = { hash: language, extensions, translations: { vscode: words }, label: language };
  await writeFile(words, JSON.stringify({ version: '1.0.0', contents: {} }));
  await writeFile(join(data, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
  await writeFile(chosen, JSON.stringify({ locale: language }));
  try {
    await use();
  } finally {
    await rm(chosen);
  }
}
