import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { dirname } from 'node:path';
import fc from 'fast-check';
import {
  LONGEST_QUESTION,
  VARIABLES,
  type Answer,
  type GivenToken,
  type Refusal,
} from '../../../src/terminal/protocol';
import { SEED } from '../../emulator/src';
import { useEmulatedBox } from '../support/emulatedBox';
import { eventually } from '../support/eventually';
import { anyText, SAME_VALUES } from '../support/property';
import { SessionWindow, useMachine } from '../support/sessionWindow';
import { InstalledPrograms, TerminalBed } from './terminalBed';

describe('The server of a window’s terminals', function () {
  this.timeout(20_000);
  const box = useEmulatedBox();
  const machine = useMachine();
  /** No program is run here. */
  const programs = new InstalledPrograms();
  after(() => {
    programs.remove();
  });
  let window: SessionWindow;
  let bed: TerminalBed;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    bed = new TerminalBed(window, programs);
    await bed.begin();
  });
  afterEach(() => {
    bed.dispose();
  });

  const ask = async (changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> =>
    JSON.parse(await bed.send(`${JSON.stringify(bed.question(changes))}\n`)) as Answer;
  const given = (answer: Answer): GivenToken => {
    assert.ok('access_token' in answer, JSON.stringify(answer));
    return answer;
  };
  const refused = (answer: Answer): Refusal => {
    assert.ok('exit' in answer, 'a token was given');
    return answer;
  };
  const connect = async (): Promise<Socket> => {
    const socket = createConnection(bed.address);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  it('listens on a socket of ours alone, with a short path', () => {
    assert.ok(Buffer.byteLength(bed.address) <= 100, bed.address);
    assert.equal(statSync(bed.address).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(bed.address)).mode & 0o777, 0o700);
  });

  it('gives the token that getSession gives', async () => {
    const { pair } = await window.signIn();
    const token = given(await ask());
    const [session] = await window.provider.getSessions([], {});
    assert.equal(token.access_token, pair.accessToken);
    assert.equal(session?.accessToken, pair.accessToken);
    assert.equal(token.expires_at, new Date(pair.issuedAt + pair.expiresIn * 1000).toISOString());
  });

  it('gives one token to a hundred programs after an expiry, by one refresh and one question', async () => {
    bed.answer = () => Promise.resolve('window');
    await window.signIn();
    await window.letTokensExpire();
    const tokens = await Promise.all(
      Array.from({ length: 100 }, async () => given(await ask()).access_token),
    );
    assert.equal(new Set(tokens).size, 1);
    assert.equal((await box.control.tokenInfo(tokens[0] ?? '')).live, true);
    assert.equal((await box.control.counters()).refreshes, 1);
    assert.equal(bed.questions.length, 1);
  });

  it('gives a token with the life that copying demands', async () => {
    await window.signIn();
    window.clock.jump(46 * 60_000);
    given(await ask());
    assert.equal((await box.control.counters()).refreshes, 1);
  });

  it('exchanges one downscoped token for many programs, and remembers it for the sign-out', async () => {
    bed.answer = () => Promise.resolve('window');
    const session = await window.signIn();
    const changes = { scopes: ['item_preview'], resource: 'https://app.box.com/folder/7' };
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async () => given(await ask(changes)).access_token),
    );
    assert.equal(new Set(tokens).size, 1);
    assert.notEqual(tokens[0], session.pair.accessToken);
    await window.signOut.run(session.id);
    await eventually(async () => !(await box.control.tokenInfo(tokens[0] ?? '')).live);
  });

  it('asks for all that the token may do where a session is chosen by an application scope, and says so', async () => {
    await window.signIn();
    const { scope } = given(await ask({ scopes: ['root_readonly'] }));
    assert.deepEqual([scope, bed.questions.map(({ scopes }) => scopes)], ['', [[]]]);
    assert.match(window.log.messages().join('\n'), /scopes: everything/);
  });

  it('takes no scope that is none of Box’s for one that limits the token', async () => {
    await window.signIn();
    for (const scope of ['item_preveiw', 'item_preview,item_download', 'a\n[info] b']) {
      const refused = await ask({ scopes: [scope] });
      assert.ok('exit' in refused, scope);
    }
    assert.equal(bed.questions.length, 0);
  });

  it('leaves the address of a shared link out of the log', async () => {
    await window.signIn();
    const resource = 'https://app.box.com/s/abcdefghij';
    given(await ask({ scopes: ['item_preview'], resource }));
    assert.match(window.log.messages().join('\n'), /scopes: item_preview, resource: a shared link/);
    assert.doesNotMatch(window.log.messages().join('\n'), /abcdefghij/);
  });

  it('renews a downscoped token that has less life left than copying demands', async () => {
    bed.answer = () => Promise.resolve('window');
    await window.signIn();
    const first = given(await ask({ scopes: ['item_preview'] }));
    window.clock.jump(46 * 60_000);
    const second = given(await ask({ scopes: ['item_preview'] }));
    assert.notEqual(second.access_token, first.access_token);
    assert.equal(given(await ask({ scopes: ['item_preview'] })).access_token, second.access_token);
  });

  it('takes the preferred account, or the one that is named by login or ID, and says which', async () => {
    await window.signIn();
    window.clock.jump(1000);
    await window.signIn({}, SEED.personalUserLogin);
    bed.answer = () => Promise.resolve('window');
    assert.equal(given(await ask()).account, SEED.personalUserLogin);
    await window.sessions.preferred.set(SEED.userId);
    assert.equal(given(await ask()).account, SEED.userLogin);
    assert.equal(given(await ask({ account: SEED.personalUserLogin })).account, SEED.personalUserLogin);
    assert.equal(given(await ask({ account: SEED.userId })).account, SEED.userLogin);
    assert.deepEqual(
      bed.questions.map(({ accountLabel }) => accountLabel),
      [SEED.personalUserLogin, SEED.userLogin],
    );
  });

  it('refuses a wrong key, and logs that once, without the key', async () => {
    await window.signIn();
    const key = 'K'.repeat(43);
    for (let count = 0; count < 3; count += 1) assert.equal(refused(await ask({ key })).exit, 5);
    const lines = window.log.messages('warn').filter((line) => line.includes('key'));
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]?.includes(key));
    assert.equal(bed.questions.length, 0);
  });

  it('names the program as it calls itself, without what a terminal or a dialog would obey', async () => {
    await window.signIn();
    await ask({ program: 'evil\u001b[2J\u202e\n'.padEnd(900, 'x') });
    const program = bed.questions[0]?.program ?? '';
    assert.match(program, /^evil \[2J x+$/);
    assert.ok(program.length <= 60);
    assert.equal(window.log.messages('info').filter((line) => line.includes('\n')).length, 0);
  });

  it('forgets what was allowed when the account is signed out, also for one who waits for the answer', async () => {
    bed.answer = () => Promise.resolve('window');
    const session = await window.signIn();
    given(await ask());
    assert.deepEqual(bed.terminal.accessTo(SEED.userId), { given: 1, isAllowed: true, denials: [] });
    let isAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    bed.answer = () => {
      isAsked();
      return new Promise(() => undefined);
    };
    const waiting = ask({ scopes: ['item_preview'] });
    await asked;
    await window.signOut.run(session.id);
    assert.equal(refused(await waiting).exit, 3);
    assert.deepEqual(bed.terminal.accessTo(SEED.userId), { given: 0, isAllowed: false, denials: [] });
  });

  it('asks in a terminal that the workspace and not the person chose', async () => {
    bed.answer = () => Promise.resolve('once');
    await window.signIn();
    const account = { id: SEED.userId, label: SEED.userLogin };
    const { env = {} } = await (await bed.access()).terminalFor(account, false);
    given(await ask({ key: env[VARIABLES.terminalKey] }));
    assert.equal(bed.questions.length, 1);
  });

  it('stops all that waits and all that was allowed, and knows terminals from before no more', async () => {
    bed.answer = () => Promise.resolve('window');
    await window.signIn();
    given(await ask());
    const { env = {} } = await (await bed.access()).terminalFor({ id: SEED.userId, label: SEED.userLogin });
    given(await ask({ key: env[VARIABLES.terminalKey] }));
    const old = bed.question();
    bed.answer = () => new Promise(() => undefined);
    const waiting = bed.send(`${JSON.stringify(bed.question({ scopes: ['item_preview'] }))}\n`);
    await eventually(() => bed.questions.length === 2);

    (await bed.access()).stop();

    assert.equal(await waiting, '');
    await eventually(() => bed.environment.variables.get(VARIABLES.key) !== old['key']);
    for (const key of [old['key'], env[VARIABLES.terminalKey]])
      assert.equal(refused(await ask({ key })).exit, 5);
    assert.equal(bed.terminal.accessTo(SEED.userId).given, 0);
  });

  describe('holds nobody for ever:', () => {
    it('one that sends nothing, or only a part', async () => {
      for (const part of ['', '{"version":']) {
        const socket = await connect();
        socket.write(part);
        const closed = once(socket, 'close');
        socket.resume();
        await eventually(() => window.clock.pending.includes(5000));
        await window.clock.advance(5000);
        await closed;
      }
    });

    it('one that cuts its question off', async () => {
      const socket = await connect();
      socket.end('{"version":');
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      assert.equal(refused(JSON.parse(chunk.toString()) as Answer).exit, 2);
    });

    it('one that goes while the person is asked: nothing is counted', async () => {
      await window.signIn();
      let answerIt: (answer: 'once') => void = () => undefined;
      bed.answer = () => new Promise((resolve) => (answerIt = resolve));
      const socket = await connect();
      socket.write(`${JSON.stringify(bed.question())}\n`);
      await eventually(() => bed.questions.length === 1);
      socket.destroy();
      // The minute that a program waits for the person is over only when the server has seen that it went.
      await eventually(() => !window.clock.pending.includes(60_000));
      answerIt('once');
      await eventually(() => bed.terminal.accessTo(SEED.userId).given === 0);
    });
  });

  describe('answers anything that is no question with exit 2 or 5, or closes, and lives on:', () => {
    const answersOf = async (bytes: string | Uint8Array): Promise<void> => {
      const text = await bed.send(bytes);
      if (text === '') return;
      assert.ok(text.endsWith('\n'));
      assert.ok([2, 5].includes(refused(JSON.parse(text) as Answer).exit));
    };

    it('any text', async () => {
      await window.signIn();
      await fc.assert(
        fc.asyncProperty(anyText, (text) => answersOf(`${text}\n`)),
        { ...SAME_VALUES, numRuns: 50 },
      );
      given(await ask());
    });

    it('a question with a wrong, missing or huge part', async () => {
      await window.signIn();
      const huge = fc.constantFrom('x'.repeat(5000), ['x'.repeat(300)], Array<string>(60).fill('a'));
      const wrong = fc.oneof(huge, fc.constantFrom('', null, 7, true, {}, [1], [null]));
      const part = fc.constantFrom('version', 'key', 'account', 'scopes', 'resource', 'program');
      await fc.assert(
        fc.asyncProperty(part, wrong, (name, value) =>
          answersOf(`${JSON.stringify(bed.question({ [name]: value }))}\n`),
        ),
        { ...SAME_VALUES, numRuns: 50 },
      );
      for (const name of ['version', 'key', 'scopes', 'program']) {
        await answersOf(`${JSON.stringify(bed.question({ [name]: undefined }))}\n`);
      }
      assert.equal(bed.questions.length, 0);
      given(await ask());
    });

    it('one that never ends its line', async () => {
      await answersOf('x'.repeat(LONGEST_QUESTION + 1));
      await answersOf(Buffer.alloc(1_000_000, 0xff));
    });

    it('a question that comes byte by byte is understood all the same', async () => {
      await window.signIn();
      const socket = await connect();
      for (const byte of Buffer.from(`${JSON.stringify(bed.question())}\n`))
        socket.write(Buffer.from([byte]));
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      given(JSON.parse(chunk.toString()) as Answer);
    });
  });
});
