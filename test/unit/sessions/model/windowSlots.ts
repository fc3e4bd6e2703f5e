import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SEED } from '../../../emulator/src';
import type { EmulatedBox } from '../../support/emulatedBox';
import type { SecretOperation } from '../../support/memorySecrets';
import type { SessionWindow } from '../../support/sessionWindow';
import type { ScenarioTime } from './scenarioTime';
import { FOLDERS, Host } from './host';
import type { OpenPage, Topology } from './topology';
import type { RequestMonitor } from './requestMonitor';

/** A page that is open, and the host that works for it. */
export interface WindowSlot {
  readonly page: OpenPage;
  readonly host: Host;
  readonly window: SessionWindow;
}

/** The windows of a scenario, which are closed and opened again, and whose hosts die and are started again. */
export class WindowSlots {
  private readonly slots: WindowSlot[] = [];
  private readonly former: Host[] = [];
  private isFolderBad = false;
  private wasTroubled = false;
  private wereFoldersBad = false;
  private didSecretsHang = false;
  private didDieUnannounced = false;

  constructor(
    private readonly topology: Topology,
    private readonly time: ScenarioTime,
    private readonly box: EmulatedBox,
    private readonly monitor: RequestMonitor,
  ) {}

  /** Those that are open. */
  get all(): readonly WindowSlot[] {
    return this.slots;
  }

  /** All hosts that ever were. */
  get hosts(): readonly Host[] {
    return [...this.slots.map(({ host }) => host), ...this.former];
  }

  /** Whether anything ever was the matter with SecretStorage or files. */
  get wasEverTroubled(): boolean {
    return this.wasTroubled;
  }

  /**
   * Whether something may be stored without an index entry: a host died that could not announce it yet, or whose
   * SecretStorage hung and stored it after its death.
   */
  get mayIndexLack(): boolean {
    return this.didSecretsHang || this.didDieUnannounced;
  }

  /** Whether the shared folders ever could not be used. */
  get wereFilesEverBad(): boolean {
    return this.wereFoldersBad;
  }

  /** Whether the shared folders cannot be used now. */
  get areFilesBad(): boolean {
    return this.isFolderBad;
  }

  /** Whether anything is. */
  get isTroubled(): boolean {
    return this.isFolderBad || this.slots.some(({ page }) => page.trouble.isOn);
  }

  /** The slot of a number; there is one for every number. */
  at(index: number): WindowSlot {
    const slot = this.slots[index % this.slots.length];
    assert.ok(slot !== undefined);
    return slot;
  }

  /** Opens one more window. */
  async add(): Promise<void> {
    const page = this.topology.open(this.slots.length);
    await this.start(page);
  }

  /** Starts another host in a page whose host is dead. */
  async restartHost(slot: WindowSlot): Promise<void> {
    this.bury(slot);
    await this.start(slot.page);
  }

  /** Loads a page anew; with it goes its host. */
  async reload(slot: WindowSlot): Promise<void> {
    await this.leave(slot);
    this.bury(slot);
    await this.start(this.topology.open(slot.page.slot));
  }

  /** Ends a host as VS Code does when its window is closed. */
  private async leave({ window, host }: WindowSlot): Promise<void> {
    if (!host.killSwitch.holds()) return;
    window.dispose();
    await this.time.pass(0);
  }

  /** Makes the SecretStorage of a page fail or hang. */
  trouble({ page }: WindowSlot, how: 'fail' | 'hang', operations: readonly SecretOperation[]): void {
    this.wasTroubled = true;
    this.didSecretsHang ||= how === 'hang';
    page.trouble.begin(how, operations);
  }

  /** Makes the shared folders unusable, or usable again. */
  setFiles(isBad: boolean): void {
    if (isBad === this.isFolderBad) return;
    this.isFolderBad = isBad;
    this.wereFoldersBad = true;
    this.wasTroubled = true;
    for (const folder of this.topology.usedFolders)
      for (const name of FOLDERS) spoil(join(folder, name), isBad);
  }

  /** Ends every trouble with SecretStorage and files. */
  heal(): void {
    this.setFiles(false);
    for (const { page } of this.slots) page.trouble.heal();
  }

  /** The person enters the app where nothing of it is stored. */
  async configure(): Promise<void> {
    if (this.isTroubled) return;
    for (const { page, window } of this.slots) {
      const isConfigured = [...page.secrets.values.keys()].some((key) => key.startsWith('app/'));
      if (!isConfigured) await this.time.drive(window.configureApp(SEED.clientSecret).catch(() => undefined));
    }
  }

  /** Closes all, and removes what they had. */
  remove(): void {
    this.heal();
    for (const slot of [...this.slots]) this.bury(slot);
    for (const host of this.former) host.remove();
  }

  private bury({ host }: WindowSlot): void {
    // A page adds to the index what it finds in its own copy. On a desktop the next write of the key does.
    const isCut = !host.killSwitch.holds() && this.topology.name !== 'served';
    this.didDieUnannounced ||= this.isFolderBad || isCut;
    host.kill();
    this.former.push(host);
  }

  private async start(page: OpenPage): Promise<void> {
    const host = new Host(page, this.time.clock, this.box, this.monitor);
    const { window } = host;
    this.slots[page.slot] = { page, host, window };
    await this.time.drive(window.sessions.begin().catch(() => undefined));
    await this.configure();
  }
}

/** Puts a file in the place of a folder, or takes it away again. */
function spoil(folder: string, isBad: boolean): void {
  const aside = `${folder}.aside`;
  if (isBad && existsSync(folder)) renameSync(folder, aside);
  if (isBad) writeFileSync(folder, '');
  else if (existsSync(aside)) {
    unlinkSync(folder);
    renameSync(aside, folder);
  } else unlinkSync(folder);
}

/** The names of the files in a folder. */
export function filesIn(folder: string, name: (typeof FOLDERS)[number]): readonly string[] {
  return existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : [];
}
