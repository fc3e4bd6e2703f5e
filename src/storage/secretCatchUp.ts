import { sleep, type Clock } from '../box/clock';
import { StaleWindowError } from './errors';
import type { HostChannel } from './hostChannel';
import type { DatedLedgerEntry, Ledger } from './ledger';
import { readNumber, type Numbered } from './numberedSecret';

/** What catching up needs from outside. */
export interface SecretCatchUpDependencies {
  readonly ledger: Ledger;
  /** Where windows share no secrets live: the way to the other hosts. */
  readonly channel?: HostChannel | undefined;
  readonly clock: Clock;
  /** When this host began, in ms since the epoch by the file system's clock. */
  readonly startedAt: number;
}

/** What this window has of the secrets. */
export interface SecretView {
  /** What is here under a key: stored, or handed over by another host. */
  readonly own: (key: string) => Promise<Numbered>;
  /** What was last read or written here under a key. */
  readonly remembered: (key: string) => Numbered;
  /** The number up to which a key is known here, 0 where it is not. */
  readonly seen: (key: string) => number;
  /** Takes what another host handed over, to be stored here later. */
  readonly takeOver: (key: string, handed: Numbered) => void;
  /** Notes that SecretStorage forgot a value, which is now in memory only. */
  readonly noteForgotten: (key: string) => void;
}

/** Longest wait for a change that another window made to arrive here, in ms. */
const ARRIVAL_MS = 2000;
const ARRIVAL_POLL_MS = 50;

/** Gets what another window stored and this one does not have yet. */
export class SecretCatchUp {
  constructor(
    private readonly dependencies: SecretCatchUpDependencies,
    private readonly view: SecretView,
  ) {}

  /**
   * Gets what the ledger says there is.
   * @param entry the newest write, as the ledger has it.
   * @param own what is here, which is older.
   * @throws StaleWindowError: only a window that is gone, or does not answer, has it
   */
  async catchUp(entry: DatedLedgerEntry, own: Numbered): Promise<Numbered> {
    const { key, revision, present } = entry;
    const { channel } = this.dependencies;
    if (!present) {
      const deleted = { revision, value: undefined };
      if (channel !== undefined && own.value !== undefined) this.view.takeOver(key, deleted);
      return deleted;
    }
    if (this.view.seen(key) >= revision) return this.forgotten(key, own);
    return channel === undefined ? this.arrival(entry) : this.handedOver(entry, channel);
  }

  /** On a desktop the change is on its way here. */
  private async arrival({ key, writtenAt }: DatedLedgerEntry): Promise<Numbered> {
    const { clock, ledger, startedAt } = this.dependencies;
    for (let waited = 0; ; waited += ARRIVAL_POLL_MS) {
      const [own, entry] = await Promise.all([this.view.own(key), ledger.read(key)]);
      if (entry?.present !== true || own.revision >= entry.revision) return own;
      if (waited >= ARRIVAL_MS) {
        // Written before this window began, it cannot be on its way any more.
        if (writtenAt < startedAt) return this.forgotten(key, own);
        throw new StaleWindowError();
      }
      await sleep(clock, ARRIVAL_POLL_MS);
    }
  }

  private async handedOver(entry: DatedLedgerEntry, channel: HostChannel): Promise<Numbered> {
    const { key, revision, host, writtenAt } = entry;
    const { startedAt } = this.dependencies;
    const stored = await channel.ask(key, host, (answer) => readNumber(answer).revision >= revision);
    if (stored !== undefined) {
      this.view.takeOver(key, readNumber(stored));
      return readNumber(stored);
    }
    // A window that began after the write has read what there is; nobody has anything newer.
    if (writtenAt < startedAt) return this.forgotten(key, await this.view.own(key));
    throw new StaleWindowError();
  }

  /** The store has lost the newest value: what this window remembers is the next best. */
  private forgotten(key: string, own: Numbered): Numbered {
    const remembered = this.view.remembered(key);
    if (remembered.value === undefined || own.revision >= remembered.revision) return own;
    this.view.noteForgotten(key);
    return remembered;
  }
}
