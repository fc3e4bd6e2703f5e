import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Harness, packageAll, useHarness } from '../test/e2e/harness';
import { Scene } from '../test/e2e/ui/scene';
import { SEED } from '../test/emulator';
import { grantAccess, logIn } from '../test/vscode/boxPages';
import { launchBrowser } from '../test/vscode/browser';
import { projectRoot } from '../test/vscode/paths';
import type { Workbench } from '../test/vscode/workbench';

const windowSize = { width: 960, height: 540, scale: 2 };
const plainEditor = {
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
  'editor.scrollBeyondLastLine': false,
};

/** What a Box developer has open while needing a token. */
const openFile = {
  name: 'users-me.http',
  text: `### Who am I at Box?
GET https://api.box.com/2.0/users/me?fields=id,name,login,enterprise
Authorization: Bearer {{accessToken}}
`,
};

/** `npm run screenshots`: takes the README's pictures of the real thing and writes them to `media`. */
async function main(): Promise<void> {
  const packages = await packageAll(false);
  const browser = await launchBrowser();
  const harness = new Harness(browser, packages);
  useHarness(harness);
  try {
    await takePictures();
  } finally {
    await harness.stop();
    await browser.close();
  }
}

async function takePictures(): Promise<void> {
  const scene = await Scene.open({ beside: [], size: windowSize, settings: plainEditor });
  const { workbench } = scene;
  await writeFile(join(scene.bed.server.directories.workspace, openFile.name), openFile.text);
  await scene.status.expectText('Box: Sign In');
  await tidy(workbench);
  const tab = await scene.beginSignIn();
  await logIn(tab, SEED.userLogin);
  await grantAccess(tab, SEED.userLogin);
  await scene.status.expectText(SEED.userLogin);
  await tab.close();
  await workbench.notifications.expect(/signed in/i);
  await workbench.screenshot(picture('signed-in'));

  await workbench.runCommand('Notifications: Clear All Notifications');
  await scene.status.click();
  await workbench.quickInput.rows.first().waitFor();
  await workbench.screenshot(picture('account-menu'));
}

function picture(name: string): string {
  return join(projectRoot, 'media', `readme-${name}.png`);
}

/** Opens the file, and puts away what is not about Box. */
async function tidy(workbench: Workbench): Promise<void> {
  const file = workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: openFile.name });
  await file.dblclick();
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  for (const item of ['status.workbench.keyboardLayout', 'status.forwardedPorts']) {
    await workbench.statusBarItem(item).hide();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
