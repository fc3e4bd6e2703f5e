import { sleep, type Clock } from '../../../../src/common/clock';
import { CrossWindowLock } from '../../../../src/storage/lock/crossWindowLock';
import { FileLock } from '../../../../src/storage/lock/fileLock';
import { nodeFileSystem, type FileSystem, type NewFile } from '../../../../src/common/fileSystem';
import { settle, type FakeClock } from '../../support/fakeClock';
import { RecordingLog } from '../../support/recordingLog';

/** A call of the file system: `open` and `write` are the two halves of making a file. */
export type FileCall = Exclude<keyof FileSystem, 'opendir'> | 'write';

/** Makes a call fail, by throwing; `when` tells whether that is before the call takes effect, or after. */
export type Fault = (call: FileCall, when: 'before' | 'after', count: number) => void;

/** An error of the file system. */
export function fileError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** One extension host that uses locks: its process can be stopped and killed, and its calls can fail. */
export class LockHost {
  readonly log = new RecordingLog();
  readonly files: FileLock;
  readonly lock: CrossWindowLock;
  readonly clock: Clock;
  /** The calls that were made. */
  readonly calls: FileCall[] = [];
  fault: Fault = () => undefined;
  /** Keeps the answer of a call back. */
  delay: (call: FileCall) => Promise<void> | undefined = () => undefined;
  /** How often the process was stopped. */
  stops = 0;
  private isDead = false;
  private stopped: Promise<void> | undefined;

  constructor(
    folder: string,
    private readonly machine: LockMachine,
  ) {
    this.clock = this.ownClock();
    this.files = new FileLock({ folder, clock: this.clock, log: this.log, files: this.fileSystem() });
    this.lock = new CrossWindowLock(this.clock, () => Promise.resolve(this.files));
  }

  /** Kills the process: no call that is under way returns, and no timer is called. */
  kill(): void {
    this.isDead = true;
    this.stops += 1;
  }

  /** Stops the process: nothing happens in it before `ms` have passed. */
  stop(ms: number): void {
    const { clock } = this.machine;
    this.stops += 1;
    const before = this.stopped ?? Promise.resolve();
    const stopped = Promise.all([before, sleep(clock, ms)]).then(() => {
      if (this.stopped === stopped) this.stopped = undefined;
    });
    this.stopped = stopped;
  }

  private async awake(): Promise<void> {
    if (this.isDead) await new Promise(() => undefined);
    while (this.stopped !== undefined) await this.stopped;
    if (this.isDead) await new Promise(() => undefined);
  }

  private ownClock(): Clock {
    const { clock } = this.machine;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, callback) => {
        let isCancelled = false;
        const call = (): void => {
          if (!isCancelled) callback();
        };
        const cancel = clock.after(ms, () => {
          if (this.isDead || this.stopped !== undefined) void this.awake().then(call);
          else call();
        });
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    };
  }

  private async run<T>(call: FileCall, action: () => Promise<T>): Promise<T> {
    await this.awake();
    const result = await this.machine.track(this.attempt(call, action)).catch((error: unknown) => {
      return { error };
    });
    await this.delay(call);
    await this.awake();
    if ('error' in result) throw result.error;
    return result.value;
  }

  private async attempt<T>(call: FileCall, action: () => Promise<T>): Promise<{ readonly value: T }> {
    const count = this.calls.push(call);
    this.fault(call, 'before', count);
    const value = await action();
    this.fault(call, 'after', count);
    return { value };
  }

  private fileSystem(): FileSystem {
    const node = nodeFileSystem;
    return {
      mkdir: (folder, options) => this.run('mkdir', () => node.mkdir(folder, options)),
      open: async (file, flags, mode) => {
        // The half that was made must be closed, whatever becomes of the host.
        const made = await this.run('open', async () => {
          const handle = await node.open(file, flags, mode);
          this.machine.opened.push(handle);
          return handle;
        });
        return {
          writeFile: (content) => this.run('write', () => made.writeFile(content)),
          close: () => Promise.resolve(),
        };
      },
      readFile: (file, encoding) => this.run('readFile', () => node.readFile(file, encoding)),
      stat: (file) => this.run('stat', () => node.stat(file)),
      utimes: (file, accessed, modified) => this.run('utimes', () => node.utimes(file, accessed, modified)),
      rename: (from, to) => this.run('rename', () => node.rename(from, to)),
      link: (from, to) => this.run('link', () => node.link(from, to)),
      unlink: (file) => this.run('unlink', () => node.unlink(file)),
      opendir: (folder) => node.opendir(folder),
    };
  }
}

/** The machine on which hosts run: one folder, and one time, which passes only while no call is under way. */
export class LockMachine {
  readonly opened: NewFile[] = [];
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(readonly clock: FakeClock) {}

  /** Counts a call as under way until it ends. */
  track<T>(call: Promise<T>): Promise<T> {
    this.underWay.add(call);
    const end = (): void => {
      this.underWay.delete(call);
    };
    call.then(end, end);
    return call;
  }

  /** Lets time pass, timer by timer, until something is settled. @returns what it gives. */
  async until<T>(awaited: Promise<T>): Promise<T> {
    const settled = new Set<string>();
    const note = (): void => {
      settled.add('awaited');
    };
    awaited.then(note, note);
    for (;;) {
      await this.quiet();
      if (settled.size > 0) return awaited;
      const [next] = this.clock.pending;
      if (next === undefined) throw new Error('It would wait for ever');
      await this.clock.advance(next);
    }
  }

  /** Lets `ms` pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    await this.until(sleep(this.clock, ms));
  }

  /** Closes what hosts that were killed left open. */
  async close(): Promise<void> {
    await this.quiet();
    for (const file of this.opened.splice(0)) await file.close();
  }

  /** Resolves when every host waits for time to pass. */
  private async quiet(): Promise<void> {
    await settle();
    while (this.underWay.size > 0) {
      await Promise.allSettled(this.underWay);
      await settle();
    }
  }
}
