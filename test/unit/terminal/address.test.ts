import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listenAt } from '../../../src/common/socket';
import { takeAddress } from '../../../src/terminal/address';

describe('takeAddress', () => {
  let runtime: string;
  let former: string | undefined;
  const servers: Server[] = [];

  beforeEach(() => {
    former = process.env['XDG_RUNTIME_DIR'];
    runtime = mkdtempSync(join(tmpdir(), 'rt-'));
    process.env['XDG_RUNTIME_DIR'] = runtime;
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    if (former === undefined) delete process.env['XDG_RUNTIME_DIR'];
    else process.env['XDG_RUNTIME_DIR'] = former;
    rmSync(runtime, { recursive: true, force: true });
  });

  const listen = (address: string): Promise<void> => {
    const server = createServer();
    servers.push(server);
    return listenAt(server, address, () => undefined);
  };

  it('gives a workspace the same address each time, and others another', async () => {
    const first = await takeAddress('a', listen);
    await new Promise((resolve) => servers[0]?.close(resolve));
    assert.equal(await takeAddress('a', listen), first);
    assert.notEqual(await takeAddress('b', listen), first);
  });

  it('gives the next one where another window listens', async () => {
    const first = await takeAddress('a', listen);
    const second = await takeAddress('a', listen);
    assert.equal(second, first.replace(/0$/, '1'));
  });

  it('takes the address over that a window left that crashed', async () => {
    const first = await takeAddress('a', listen);
    // A server that is closed removes its socket, which is elsewhere at that moment.
    renameSync(first, `${first}-kept`);
    await new Promise((resolve) => servers[0]?.close(resolve));
    renameSync(`${first}-kept`, first);
    assert.equal(await takeAddress('a', listen), first);
  });

  it('uses no folder that others can write to, or that is a file', async () => {
    const { uid } = process.getuid === undefined ? { uid: 0 } : { uid: process.getuid() };
    const folder = join(runtime, `box-token-${uid}`);
    await mkdir(folder);
    await chmod(folder, 0o777);
    assert.ok(!(await takeAddress('a', listen)).startsWith(runtime));
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    assert.ok(!(await takeAddress('b', listen)).startsWith(runtime));
  });

  it('has a socket of mode 0600 in a folder of mode 0700', async () => {
    const address = await takeAddress('a', listen);
    assert.equal(statSync(address).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(address)).mode & 0o777, 0o700);
  });

  it('passes on why nobody can listen', async () => {
    const refuse = (): Promise<void> => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
    await assert.rejects(takeAddress('a', refuse), /no/);
  });
});
