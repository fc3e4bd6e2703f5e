import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../../src/emitter';
import type { EmulatedBox } from '../support/emulatedBox';
import type { FakeClock } from '../support/fakeClock';
import { MemorySecrets } from '../support/memorySecrets';
import type { LogLine } from '../support/recordingLog';
import { Lifeline } from './lifeline';
import { SessionWindow, SharedMachine } from './sessionWindow';
import { WindowBox, type Wire } from './wire';

/** Folders that all windows of a machine share. */
const FOLDERS = ['locks', 'ledger'];

/** What windows hear of each other's writes: at once, or late. */
export class News {
  private held: (() => void)[] | undefined;

  /** Keeps all that happens from now on back. */
  hold(): void {
    this.held = [];
  }

  /** Lets everybody hear what was kept back, and from now on whatever happens. */
  release(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const tell of held) tell();
  }

  /** Tells now or later. */
  pass(tell: () => void): void {
    if (this.held === undefined) tell();
    else this.held.push(tell);
  }
}

/** The shared secrets as one window reaches them. */
class WindowSecrets extends MemorySecrets {
  override readonly values: Map<string, string>;
  override readonly onDidChange: Event<{ readonly key: string }>;

  constructor(
    private readonly shared: MemorySecrets,
    private readonly lifeline: Lifeline,
    news: News,
  ) {
    super();
    this.values = shared.values;
    this.onDidChange = (listener) =>
      shared.onDidChange((event) => {
        news.pass(() => lifeline.holds() && listener(event));
      });
  }

  override keys(): Promise<string[]> {
    return this.lifeline.call(() => this.shared.keys());
  }

  override get(key: string): Promise<string | undefined> {
    return this.lifeline.call(() => this.shared.get(key));
  }

  override store(key: string, value: string): Promise<void> {
    return this.lifeline.call(() => this.shared.store(key, value));
  }

  override delete(key: string): Promise<void> {
    return this.lifeline.call(() => this.shared.delete(key));
  }
}

/** A machine as one window reaches it, over links of its own to the folders that are shared. */
class WindowMachine extends SharedMachine {
  override readonly secrets: MemorySecrets;
  override readonly clock: FakeClock;

  constructor(shared: SharedMachine, lifeline: Lifeline, news: News) {
    super();
    this.secrets = new WindowSecrets(shared.secrets, lifeline, news);
    this.clock = shared.clock;
    for (const name of FOLDERS) {
      mkdirSync(join(shared.folder, name), { recursive: true });
      symlinkSync(join(shared.folder, name), join(this.folder, name), 'junction');
    }
  }

  /** Takes the way to the shared folders away. */
  leave(): void {
    for (const name of FOLDERS) rmSync(join(this.folder, name), { force: true });
  }
}

/** A window that can die, and what it told VS Code. */
export class OpenWindow {
  readonly lifeline = new Lifeline();
  readonly window: SessionWindow;
  /** The usable sessions, as its events told them: id and access token. */
  readonly told = new Map<string, string>();
  private readonly machine: WindowMachine;

  constructor(shared: SharedMachine, news: News, box: EmulatedBox, wire: Wire) {
    this.machine = new WindowMachine(shared, this.lifeline, news);
    this.window = new SessionWindow(new WindowBox(box, wire, this.lifeline), this.machine);
    this.window.book.onDidChange(({ added, removed, changed }) => {
      for (const { id } of removed) this.told.delete(id);
      for (const { id, pair } of [...added, ...changed]) this.told.set(id, pair.accessToken);
    });
  }

  get log(): readonly LogLine[] {
    return this.window.log.lines;
  }

  /** Ends it. What it had under way never comes to an end, and its locks show no more sign of life. */
  close(): void {
    this.lifeline.cut();
    this.window.proactive.dispose();
    this.window.shared.dispose();
    this.machine.leave();
  }

  /** Removes what only it had. */
  remove(): void {
    this.machine.remove();
  }
}
