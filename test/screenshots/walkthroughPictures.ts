import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Scene } from '../e2e/ui/scene';
import { SEED } from '../emulator/src';
import { projectRoot } from '../../tools/lib/paths';
import { nameAsOnDesktop } from './desktopNames';
import { withPalette } from './palettePng';
import { hideForeignStatusItems, openAlone, plainEditor } from './plainWindow';

/** How VS Code looks, by the ending of the picture's name. */
const themes = { light: 'Light 2026', dark: 'Dark 2026' } as const;
type Look = keyof typeof themes;

const folder = join(projectRoot, 'media/walkthrough');
/** A window that is a picture, in CSS pixels: about as many as the walkthrough has room for, so that every word can be read. */
const small = { width: 560, height: 350 };
/** A window whose lists are shown whole, in CSS pixels, and the part of it that a list is in. */
const large = { width: 960, height: 800 };
const listPart = { x: 160, y: 0, width: 640, height: 400 };

const settings = {
  ...plainEditor,
  'editor.fontSize': 13,
  'editor.lineNumbers': 'off',
  'editor.renderLineHighlight': 'none',
  'terminal.integrated.fontSize': 13,
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.activityBar.location': 'hidden',
};

const request = {
  name: 'users-me.http',
  text: `### Who am I at Box?
GET https://api.box.com/2.0/users/me
Authorization: Bearer {{accessToken}}
`,
};
const extension = {
  name: 'extension.ts',
  text: `// Asks you once, then always gives a token that works
const session = await authentication.getSession('box', [], {
  createIfNone: true,
});
`,
};

/** Takes a picture of each step of the walkthrough `getStarted`, in light and dark, and writes them to `media`. */
export async function takeWalkthroughPictures(): Promise<void> {
  await mkdir(folder, { recursive: true });
  await new WalkthroughPictures('light').take();
  await new WalkthroughPictures('dark').take();
}

class WalkthroughPictures {
  constructor(private readonly look: Look) {}

  async take(): Promise<void> {
    const own = { ...settings, 'workbench.colorTheme': themes[this.look] };
    const scene = await Scene.open({
      beside: ['example'],
      size: { ...large, scale: 2 },
      settings: { ...own, 'box-authentication.redirectPage': undefined },
    });
    const { origin, directories } = scene.bed.server;
    for (const { name, text } of [request, extension])
      await writeFile(join(directories.workspace, name), text);
    await nameAsOnDesktop(scene.profile.context, origin);
    await prepare(scene);
    await this.redirectUris(scene);

    await scene.bed.writeSettings(own);
    await prepare(scene);
    await scene.workbench.page.setViewportSize(small);
    await this.signedIn(scene);
    await this.copiedToken(scene);
    await this.terminal(scene);
    await this.consent(scene);
    await this.signedOut(scene);
  }

  private async redirectUris(scene: Scene): Promise<void> {
    const { quickInput } = scene.workbench;
    await scene.workbench.runCommand('Box: Configure App');
    await quickInput.pick(SEED.appName);
    await quickInput.pick('Show Redirect URIs');
    await quickInput.pressRowButton('https://vscode.dev/redirect', /copy/i);
    await quickInput.root.getByText('Copied').waitFor();
    await this.write(scene, 'register-app', listPart);
    await quickInput.cancel();
  }

  private async signedIn(scene: Scene): Promise<void> {
    const { notifications } = scene.workbench;
    await scene.signIn();
    await notifications.expect(/signed in/i);
    await notifications.expectGone(/signing in/i);
    await this.write(scene, 'sign-in');
  }

  private async copiedToken({ workbench }: Scene): Promise<void> {
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('Box: Copy Access Token');
    await workbench.notifications.expect(/token copied/i);
    await this.write({ workbench }, 'copy-token');
  }

  private async terminal({ workbench }: Scene): Promise<void> {
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.terminals.openBy(() => workbench.runCommand('Box: Open Terminal with Box Access'));
    await workbench.terminals.type(`PS1='$ '; clear\n`);
    await workbench.terminals.type('box-token --header |\n');
    await workbench.terminals.type('  curl -H @- https://api.box.com/2.0/users/me');
    await workbench.page.locator('.terminal-wrapper.active', { hasText: 'users/me' }).waitFor();
    await this.write({ workbench }, 'use-in-terminal');
    await workbench.terminals.close();
  }

  private async consent({ workbench }: Scene): Promise<void> {
    await openAlone(workbench, extension.name);
    // The language server of this file, which is not installed, says so.
    await workbench.notifications.expect(/tsserver/).catch(() => undefined);
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.runCommand('Box Example: List Root Folder');
    await workbench.dialog.read(/wants to sign in/);
    await this.write({ workbench }, 'use-from-extension');
    await workbench.dialog.answer(/wants to sign in/, 'Cancel');
    await workbench.runCommand('View: Close Editor');
    await workbench.runCommand('Notifications: Clear All Notifications');
  }

  private async signedOut(scene: Scene): Promise<void> {
    await scene.signOut();
    await scene.workbench.notifications.expect(/signed out/i);
    await scene.status.expectText('Box: Sign In');
    await this.write(scene, 'sign-out');
  }

  private async write(
    { workbench: { page } }: Pick<Scene, 'workbench'>,
    name: string,
    clip: typeof listPart = { x: 0, y: 0, ...small },
  ): Promise<void> {
    await page.bringToFront();
    await writeFile(join(folder, `${name}-${this.look}.png`), withPalette(await page.screenshot({ clip })));
  }
}

/** Loads the window and shows a file in it, and nothing else. */
async function prepare({ workbench }: Scene): Promise<void> {
  await workbench.reload();
  await openAlone(workbench, request.name);
  await hideForeignStatusItems(workbench);
}
