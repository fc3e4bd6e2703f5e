import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TerminalError } from '../../../src/terminal/errors';
import { VARIABLES } from '../../../src/terminal/protocol';
import { SEED } from '../../emulator/src';
import { useEmulatedBox } from '../support/emulatedBox';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { InstalledPrograms, TerminalBed, type BedOptions } from './terminalBed';

const ACCOUNT = { id: SEED.userId, label: SEED.userLogin };

describe('TerminalAccess', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  const programs = new InstalledPrograms();
  const file = join(programs.folder, 'bin/box-token');
  before(() => {
    mkdirSync(join(programs.folder, 'bin'));
    writeFileSync(file, '');
  });
  after(() => {
    programs.remove();
  });
  let beds: TerminalBed[];

  beforeEach(() => (beds = []));
  afterEach(() => {
    for (const bed of beds) bed.dispose();
  });

  const begin = async (terminalAccess: unknown, options: BedOptions = {}): Promise<TerminalBed> => {
    const bed = new TerminalBed(new SessionWindow(box, machine()), programs, options);
    beds.push(bed);
    bed.terminalAccess = terminalAccess;
    await bed.begin();
    return bed;
  };

  for (const value of [false, undefined, 'true', 1]) {
    it(`leaves terminals alone while the setting is ${JSON.stringify(value)}`, async () => {
      const { environment } = await begin(value);
      assert.equal(environment.variables.size + environment.prepended.size, 0);
      assert.equal(environment.persistent, undefined);
    });
  }

  it('gives terminals an address, a key and the program while the setting is on, and VS Code keeps nothing of it', async () => {
    const { environment } = await begin(true);
    assert.deepEqual([...environment.variables.keys()], [VARIABLES.address, VARIABLES.key, VARIABLES.node]);
    assert.match(environment.variables.get(VARIABLES.key) ?? '', /^[\w-]{43}$/);
    assert.deepEqual([environment.persistent, environment.description], [false, 'What this is']);
    assert.deepEqual(environment.prepended.get('PATH'), {
      value: join(programs.folder, 'bin') + delimiter,
      options: { applyAtProcessCreation: true, applyAtShellIntegration: true },
    });
  });

  it('follows the setting, and gives another key each time', async () => {
    const bed = await begin(true);
    const key = bed.environment.variables.get(VARIABLES.key);
    const question = `${JSON.stringify(bed.question())}\n`;
    const { address } = bed;
    await bed.set(false);
    assert.equal(bed.environment.variables.size + bed.environment.prepended.size, 0);
    await bed.set(true);
    assert.notEqual(bed.environment.variables.get(VARIABLES.key), key);
    assert.equal(bed.address, address);
    assert.match(await bed.send(question), /"exit":5/);
  });

  it('has one address for a workspace and another for each of its windows, and a new key in each', async () => {
    const first = await begin(true);
    const second = await begin(true);
    const other = await begin(true, { folders: ['/other'] });
    assert.equal(new Set([first, second, other].map(({ address }) => address)).size, 3);
    const { address } = first;
    const key = first.environment.variables.get(VARIABLES.key);
    first.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    const reloaded = await begin(true);
    assert.equal(reloaded.address, address);
    assert.notEqual(reloaded.environment.variables.get(VARIABLES.key), key);
  });

  it('opens a terminal for an account without the setting: transient, with a key of its own before the PATH that is', async () => {
    const bed = await begin(false);
    const { env = {}, isTransient } = await (await bed.access()).terminalFor(ACCOUNT);
    assert.equal(isTransient, true);
    assert.deepEqual(Object.keys(env), [VARIABLES.address, VARIABLES.terminalKey, VARIABLES.node, 'PATH']);
    assert.equal(env['PATH'], `${join(programs.folder, 'bin')}${delimiter}\${env:PATH}`);
    const second = await (await bed.access()).terminalFor(ACCOUNT);
    assert.notEqual(second.env?.[VARIABLES.terminalKey], env[VARIABLES.terminalKey]);
    assert.deepEqual(bed.terminal.accessTo(ACCOUNT.id), { given: 0, isAllowed: true, denials: [] });
    assert.equal(bed.environment.variables.size, 0);
  });

  it('offers nothing where terminals run on another machine', async () => {
    const bed = await begin(true, { isElsewhere: true });
    assert.equal(bed.environment.variables.size, 0);
    await assert.rejects((await bed.access()).terminalFor(ACCOUNT), (error) => {
      assert.ok(error instanceof TerminalError);
      assert.equal(error.code, 'other_machine');
      return true;
    });
  });

  it('makes the program executable again where that was lost', async () => {
    chmodSync(file, 0o644);
    await begin(true);
    assert.equal(statSync(file).mode & 0o777, 0o755);
  });
});
