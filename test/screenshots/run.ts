import type { Page } from 'playwright-core';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Harness, packageAll, useHarness } from '../e2e/harness';
import { Scene } from '../e2e/ui/scene';
import { SEED } from '../emulator/src';
import { grantAccess, logIn } from '../vscode/boxPages';
import { launchBrowser } from '../vscode/browser';
import { projectRoot } from '../../tools/lib/paths';
import type { Workbench } from '../vscode/workbench';
import { animated, withPalette, type Frame } from './palettePng';
import { hideForeignStatusItems, openAlone, plainEditor } from './plainWindow';
import { takeWalkthroughPictures } from './walkthroughPictures';

const windowSize = { width: 960, height: 540, scale: 2 };
/** Where the whole account menu is in a window that is high enough for it. */
const menuPart = { x: 0, y: 0, width: 960, height: 370 };

/** What a Box developer has open while needing a token. */
const requestFile = {
  name: 'users-me.http',
  text: `### Who am I at Box?
GET https://api.box.com/2.0/users/me?fields=id,name,login,enterprise
Authorization: Bearer {{accessToken}}
`,
};

/** `npm run screenshots`: takes the pictures of README and walkthrough of the real thing and writes them to `media`. */
async function main(): Promise<void> {
  const packages = await packageAll(false);
  const browser = await launchBrowser();
  const harness = new Harness(browser, packages);
  useHarness(harness);
  try {
    await takeReadmePictures();
    await takeWalkthroughPictures();
  } finally {
    await harness.stop();
    await browser.close();
  }
}

/** From nobody to a token on the clipboard: the moving picture of the README, and the stills. */
async function takeReadmePictures(): Promise<void> {
  const scene = await Scene.open({ beside: [], size: windowSize, settings: plainEditor });
  const { workbench } = scene;
  await writeFile(join(scene.bed.server.directories.workspace, requestFile.name), requestFile.text);
  await scene.status.expectText('Box: Sign In');
  await openAlone(workbench, requestFile.name);
  await hideForeignStatusItems(workbench);
  const frames: Frame[] = [];
  const film = async ({ page }: { readonly page: Page }, ms: number): Promise<void> => {
    frames.push({ png: await page.screenshot({ scale: 'css' }), ms });
  };
  await film(workbench, 1200);
  await workbench.page.keyboard.press('F1');
  await workbench.page.keyboard.type('Box: Sign In');
  await workbench.quickInput.rows.first().waitFor();
  await film(workbench, 1200);
  await workbench.page.keyboard.press('Escape');
  const tab = await scene.beginSignIn();
  await tab.setViewportSize(windowSize);
  await film({ page: tab }, 1200);
  await logIn(tab, SEED.userLogin);
  await film({ page: tab }, 1500);
  await grantAccess(tab, SEED.userLogin);
  await scene.status.expectText(SEED.userLogin);
  await tab.close();
  await workbench.notifications.expect(/signed in/i);
  await workbench.notifications.expectGone(/signing in/i);
  await write(workbench, 'signed-in');
  await film(workbench, 2000);
  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.runCommand('Box: Copy Access Token');
  await workbench.notifications.expect(/token copied/i);
  await film(workbench, 3000);
  await writeFile(join(projectRoot, 'media/readme-sign-in.png'), animated(frames));

  await workbench.runCommand('Notifications: Clear All Notifications');
  await workbench.page.setViewportSize({ width: 960, height: 900 });
  await scene.status.click();
  await workbench.quickInput.rows.first().waitFor();
  await write(workbench, 'account-menu', menuPart);
}

async function write({ page }: Workbench, name: string, clip?: typeof menuPart): Promise<void> {
  const file = join(projectRoot, 'media', `readme-${name}.png`);
  await writeFile(file, withPalette(await page.screenshot(clip && { clip })));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
