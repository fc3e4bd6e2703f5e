import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../../src/common/clock';
import type { Event } from '../../../../src/common/emitter';
import type { Memory } from '../../../../src/storage/memory';
import type { EmulatedBox } from '../../support/emulatedBox';
import { FakeClock } from '../../support/fakeClock';
import { MemorySecrets, type SecretOperation } from '../../support/memorySecrets';
import { SessionWindow, SharedMachine } from '../../support/sessionWindow';
import { KillSwitch } from './killSwitch';
import { HostBox, type RequestMonitor } from './requestMonitor';

/** Folders that all hosts of a machine share. */
export const FOLDERS = ['locks', 'stores', 'marks', 'pauses', 'hosts', 'reload'] as const;

/** What is the matter with the SecretStorage of a page. */
export class Trouble {
  private state:
    { readonly how: 'fail' | 'hang'; readonly operations: readonly SecretOperation[] } | undefined;
  private waiting: (() => void)[] = [];

  /** Whether anything is. */
  get isOn(): boolean {
    return this.state !== undefined;
  }

  begin(how: 'fail' | 'hang', operations: readonly SecretOperation[]): void {
    this.heal();
    this.state = { how, operations };
  }

  /** Ends it: what hung is done now. */
  heal(): void {
    this.state = undefined;
    for (const goOn of this.waiting.splice(0)) goOn();
  }

  /** Waits for as long as the operation hangs, and throws when it fails. */
  async meet(operation: SecretOperation): Promise<void> {
    if (this.state?.operations.includes(operation) !== true) return;
    if (this.state.how === 'fail') throw new Error(`The keychain refused to ${operation} a secret`);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** What a host is given by the page that it works for. */
export interface Page {
  /** The SecretStorage of the page. */
  readonly secrets: MemorySecrets;
  readonly trouble: Trouble;
  /** The folder that the hosts of its machine share. */
  readonly folder: string;
  readonly memory?: Memory | undefined;
  /** What tells hosts that share a folder and a store from others. */
  readonly realm: unknown;
  /** How late it hears of what others stored, in ms. */
  readonly lateness: number;
}

/** The secrets of a page as one host reaches them. */
class HostSecrets extends MemorySecrets {
  override readonly values: Map<string, string>;
  override readonly onDidChange: Event<{ readonly key: string }>;

  constructor(
    private readonly page: Page,
    private readonly killSwitch: KillSwitch,
    clock: Clock,
  ) {
    super();
    const { secrets, lateness } = page;
    this.values = secrets.values;
    this.onDidChange = (listener) =>
      secrets.onDidChange((event) => {
        if (lateness > 0) clock.after(lateness, () => killSwitch.holds() && listener(event));
        else if (killSwitch.holds()) listener(event);
      });
  }

  override keys(): Promise<string[]> {
    return this.call('keys', () => this.page.secrets.keys());
  }

  override get(key: string): Promise<string | undefined> {
    return this.call('get', () => this.page.secrets.get(key));
  }

  override store(key: string, value: string): Promise<void> {
    return this.call('store', () => this.page.secrets.store(key, value));
  }

  override delete(key: string): Promise<void> {
    return this.call('delete', () => this.page.secrets.delete(key));
  }

  private call<T>(operation: SecretOperation, work: () => Promise<T>): Promise<T> {
    return this.killSwitch.call(async () => {
      await this.page.trouble.meet(operation);
      return work();
    });
  }
}

/** The common clock as one host has it: its timers die with it. */
class HostClock extends FakeClock {
  constructor(
    private readonly common: FakeClock,
    private readonly killSwitch: KillSwitch,
  ) {
    super();
  }

  override now(): number {
    return this.common.now();
  }

  override monotonic(): number {
    return this.common.monotonic();
  }

  override after(ms: number, callback: () => void): () => void {
    if (!this.killSwitch.holds()) return () => undefined;
    const cancel = this.common.after(ms, () => {
      this.killSwitch.signal.removeEventListener('abort', cancel);
      callback();
    });
    this.killSwitch.signal.addEventListener('abort', cancel, { once: true });
    return () => {
      this.killSwitch.signal.removeEventListener('abort', cancel);
      cancel();
    };
  }
}

/** A machine as one host reaches it, over links of its own to the folders that are shared. */
class HostMachine extends SharedMachine {
  override readonly secrets: MemorySecrets;
  override readonly clock: FakeClock;
  override readonly patience: Clock;
  override readonly storageClock: Clock;
  override readonly pages: Memory | undefined;

  constructor(page: Page, common: FakeClock, killSwitch: KillSwitch) {
    super();
    this.clock = new HostClock(common, killSwitch);
    this.patience = this.clock;
    this.storageClock = this.clock;
    this.secrets = new HostSecrets(page, killSwitch, this.clock);
    this.pages = page.memory;
    for (const name of FOLDERS) {
      const shared = join(page.folder, name);
      if (!existsSync(shared)) mkdirSync(shared, { recursive: true });
      symlinkSync(shared, join(this.folder, name), 'junction');
    }
  }

  /** Takes the way to the shared folders away. */
  leave(): void {
    for (const name of FOLDERS) rmSync(join(this.folder, name), { force: true });
  }
}

/** An extension host that can die, and what it told VS Code. */
export class Host {
  readonly killSwitch = new KillSwitch();
  readonly window: SessionWindow;
  /** The usable sessions, as its events told them: id and access token. */
  readonly told = new Map<string, string>();
  private readonly machine: HostMachine;

  constructor(page: Page, common: FakeClock, box: EmulatedBox, monitor: RequestMonitor) {
    this.machine = new HostMachine(page, common, this.killSwitch);
    this.window = new SessionWindow(
      new HostBox(box, monitor.fetchOf(this.killSwitch, page.realm)),
      this.machine,
    );
    this.window.store.onDidChange(({ added, removed, changed, loaded = [] }) => {
      for (const { id } of removed) this.told.delete(id);
      for (const { id, pair } of [...added, ...changed, ...loaded]) this.told.set(id, pair.accessToken);
    });
  }

  /** Ends it without a word. What it had under way never comes to an end, and its locks show no more sign of life. */
  kill(): void {
    this.killSwitch.cut();
    this.machine.leave();
    this.window.dispose();
  }

  /** Removes what only it had. */
  remove(): void {
    this.machine.remove();
  }
}
