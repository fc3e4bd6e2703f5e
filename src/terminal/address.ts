import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, unlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../common/claimFile';
import { LONGEST_ADDRESS } from '../common/socket';

/** How many windows may have the same workspace. */
const MOST_WINDOWS = 20;

/**
 * Finds an address at which nobody listens: the same each time for a workspace, so that a terminal from before a reload
 * is answered. To be called while no other window does.
 * @param workspace what tells the workspace from others, on this machine.
 * @param listen begins to listen at an address; it throws where that cannot be.
 * @throws what the system throws where there is none
 */
export async function takeAddress(
  workspace: string,
  listen: (address: string) => Promise<void>,
): Promise<string> {
  const name = createHash('sha256').update(workspace).digest('base64url').slice(0, 12);
  const folder = process.platform === 'win32' ? undefined : await socketFolder();
  for (let number = 0; number < MOST_WINDOWS; number += 1) {
    const address =
      folder === undefined ? `\\\\.\\pipe\\box-token-${name}-${number}` : join(folder, `${name}-${number}`);
    try {
      if (folder !== undefined && !(await isFree(address))) continue;
      await listen(address);
      return address;
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error('Too many windows have this workspace');
}

/** A folder of mode 0700 that is ours, with a short path. */
async function socketFolder(): Promise<string> {
  // Unlike `userInfo`, this knows the user of a container that has no name.
  const uid = process.getuid?.() ?? 0;
  const { XDG_RUNTIME_DIR: runtime = '' } = process.env;
  for (const parent of [runtime, tmpdir(), '/tmp']) {
    if (parent === '') continue;
    const folder = join(parent, `box-token-${uid}`);
    if (Buffer.byteLength(folder) > LONGEST_ADDRESS - 20) continue;
    if (await isOurs(folder, uid)) return folder;
  }
  // Somebody else has taken the name: any other serves, but for that terminals from before a reload do not know it.
  return mkdtemp('/tmp/box-token-');
}

/** Makes a folder where there is none, and tells whether nobody else can reach into it. */
async function isOurs(folder: string, uid: number): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return false;
  }
  const found = await lstat(folder);
  return found.isDirectory() && found.uid === uid && (found.mode & 0o777) === 0o700;
}

/** Whether nobody listens. What a window that crashed has left is removed. */
async function isFree(address: string): Promise<boolean> {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = createConnection(address, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error) => {
      resolve(codeOf(error));
    });
  });
  if (code === undefined) return false;
  if (code === 'ECONNREFUSED') await unlink(address).catch(() => undefined);
  return code === 'ECONNREFUSED' || code === 'ENOENT';
}
