import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEED } from '../../emulator/src';
import type { Scene } from './scene';

/** An app with client credentials, as the settings have it. */
export const ccgApp = {
  name: 'Nightly',
  authMethod: 'clientCredentials',
  clientId: SEED.ccgClientId,
  enterpriseId: SEED.enterpriseId,
};

/** What an annotator may do where nothing else is chosen. */
export const annotatorScopes = ['base_preview', 'annotation_edit', 'annotation_view_all'];

/** Writes the `config.json` of the seeded JWT app to a folder that exists while it is used. */
export async function withConfigFile(scene: Scene, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'box-authentication-e2e-'));
  const file = join(folder, 'config.json');
  try {
    await writeFile(file, JSON.stringify(await scene.box.configFile(SEED.jwtClientId)));
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Adds a JWT app of the name `Reports`, by `Box: Configure App`. */
export async function addByConfigFile({ workbench }: Scene, file: string): Promise<void> {
  const { quickInput } = workbench;
  await workbench.runCommand('Box: Configure App');
  await quickInput.pick('Key Pair');
  await quickInput.chooseFile(/config\.json/, file);
  await quickInput.expectMessage(/name/i);
  await quickInput.submit('Reports');
}

/** Copies a token that may preview the root folder, and gives it. */
export async function createDownscopedToken({ workbench }: Scene): Promise<string> {
  const { quickInput } = workbench;
  await workbench.runCommand('Box: Create Downscoped Token…');
  await quickInput.expect(/can do/);
  await quickInput.type('item_preview');
  await quickInput.pick('item_preview');
  await quickInput.accept();
  await chooseRootFolder(workbench);
  await workbench.notifications.expect('Downscoped token copied');
  return workbench.clipboard();
}

/** Copies a token of somebody without a Box account for the root folder, and gives it. */
export async function createAnnotatorToken({ workbench }: Scene): Promise<string> {
  const { quickInput } = workbench;
  await workbench.runCommand('Box: Create Annotator Token…');
  await quickInput.expectMessage(/own system/);
  await quickInput.submit('reader-7');
  await quickInput.expectMessage(/Name to show/);
  await quickInput.submit('Robin Vale');
  await quickInput.expect(/can do/);
  await quickInput.accept();
  await chooseRootFolder(workbench);
  await workbench.notifications.expect('Annotator token of Robin Vale copied');
  return workbench.clipboard();
}

async function chooseRootFolder({ quickInput }: Scene['workbench']): Promise<void> {
  await quickInput.expectMessage(/shared link/);
  await quickInput.submit('0');
  await quickInput.pick('Folder 0');
}
