import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { SEED, startEmulator, type Emulator } from '../emulator/src';
import type { ConsumerRecord } from '../fixtures/consumer/records';
import { newContext, type ContextOptions } from './browser';
import { atExit, removeTreeSync } from '../../tools/lib/cleanup';
import { Profile, type SecretsMode } from './profile';
import { listFiles } from './files';
import { eventually } from './poll';
import { startServer, type VSCodeServer } from './server';
import { quietSettings, type Settings } from './settings';

export type { Emulator };

/** What {@link TestBed.start} is told. */
export interface TestBedOptions {
  readonly browser: Browser;
  /** VSIX files: ours and those that stand beside it. */
  readonly extensions: readonly string[];
  /** Environment variables for the server and so for its extensions. */
  readonly env?: Readonly<Record<string, string>>;
  /** As for a server: without VS Code's built-in extensions. */
  readonly bare?: boolean;
}

/** What {@link TestBed.openProfile} is told. */
export interface ProfileOptions {
  /** The size of windows, when it matters. */
  readonly size?: ContextOptions;
  /** Settings over those of {@link boxSettings}; `undefined` takes one away. */
  readonly settings?: Settings;
  /** `browser` unless told. */
  readonly secrets?: SecretsMode;
}

/** How the consumer extension is heard and told to begin. */
type ConsumerFiles = Readonly<Record<'log' | 'mix' | 'settings' | 'stormStart', string>>;

/** Everything that a test of the user interface needs: a Box emulator, a VS Code server, and profiles on demand. */
export class TestBed {
  readonly #profiles: Profile[] = [];
  /** Those with nothing special about them, which can be cleared and used again, by how they keep secrets. */
  readonly #ordinary = new Map<Profile, SecretsMode>();
  #generation = 0;
  readonly #spares = new Map<SecretsMode, Profile>();

  private constructor(
    readonly emulator: Emulator,
    readonly server: VSCodeServer,
    private readonly browser: Browser,
    private readonly consumer: ConsumerFiles,
    private readonly forget: () => void,
  ) {}

  /** Starts an emulator and a server, in a temporary folder that is removed at the end. */
  static async start({ browser, extensions, env = {}, bare = false }: TestBedOptions): Promise<TestBed> {
    const directory = await mkdtemp(join(tmpdir(), 'box-authentication-'));
    const forget = atExit(() => {
      removeTreeSync(directory);
    });
    const emulator = await startEmulator();
    const log = join(directory, 'consumer.log');
    const stormStart = join(directory, 'consumer.start');
    const consumer = { log, mix: `${log}.mix`, settings: `${log}.settings`, stormStart };
    const server = await startServer({
      directory,
      extensions,
      bare,
      env: { ...env, CONSUMER_LOG: consumer.log, CONSUMER_STORM_START: consumer.stormStart },
      trustedDomains: [emulator.origin],
    });
    return new TestBed(emulator, server, browser, consumer, forget);
  }

  /** The profiles that are open, oldest first. */
  get profiles(): readonly Profile[] {
    return this.#profiles;
  }

  /** How often it was made as new. */
  get generation(): number {
    return this.#generation;
  }

  /** Makes emulator, storage and browser as new. What was open is closed. */
  async reset(): Promise<void> {
    this.#generation += 1;
    await this.#closeProfiles();
    await this.emulator.control.reset();
    await this.server.clearTraces();
    await Promise.all(Object.values(this.consumer).map((file) => rm(file, { force: true })));
  }

  /** Opens a browser profile without any secrets or state, with settings for the emulator. */
  async openProfile({ settings = {}, secrets = 'browser', size }: ProfileOptions = {}): Promise<Profile> {
    await this.writeSettings(settings);
    const profile = size ? await this.#create(secrets, size) : await this.#ordinaryProfile(secrets);
    this.#profiles.push(profile);
    return profile;
  }

  /** Replaces the settings by those for the emulator with these over them, for the windows that open later. */
  async writeSettings(settings: Settings): Promise<void> {
    await this.server.writeSettings({ ...boxSettings(this.emulator), ...settings });
  }

  /** The same, for the windows that are open. Resolves when the extensions in all of them have been told. */
  async changeSettings(settings: Settings): Promise<void> {
    const id = randomUUID();
    const all = { ...quietSettings, ...boxSettings(this.emulator), ...settings, 'consumer.settings': id };
    const write = (): Promise<void> => replaceFile(this.consumer.settings, JSON.stringify(all, null, 2));
    await write();
    let writtenAt = performance.now();
    const count = this.#profiles.flatMap(({ windows }) => windows).length;
    await eventually(`${count} windows to have the settings`, async () => {
      // A host that has just started may not watch the file yet.
      if (performance.now() - writtenAt > 5000) {
        await write();
        writtenAt = performance.now();
      }
      const told = (await this.consumerRecords()).filter(
        (record) => record.event === 'configured' && record.id === id,
      );
      return told.length >= count;
    });
  }

  /** What the consumer extension has written since the last reset. */
  async consumerRecords(): Promise<readonly ConsumerRecord[]> {
    const { log } = this.consumer;
    if (!existsSync(log)) return [];
    // What follows the last end of a line is being written just now.
    const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as ConsumerRecord);
  }

  /** Lets the storms begin that the consumer extension holds back, in all windows at once. */
  async startStorms(): Promise<void> {
    await writeFile(this.consumer.stormStart, '');
  }

  /** Has the consumer ask for the session all the time in every window (`on`), or pause and write the text down. */
  async mix(text: string): Promise<void> {
    await replaceFile(this.consumer.mix, text);
  }

  /** What our extension has logged since the last reset, in all windows. */
  async extensionLog(): Promise<string> {
    const files = await listFiles(join(this.server.directories.data, 'logs'));
    const own = files.filter((file) => file.includes('/vscode-box.box-authentication/'));
    return (await Promise.all(own.map((file) => readFile(file, 'utf8')))).join('');
  }

  /** How often our extension has logged something since the last reset, in all windows. */
  async timesLogged(what: RegExp): Promise<number> {
    return [...(await this.extensionLog()).matchAll(what)].length;
  }

  /** Ends everything and removes the temporary folder. */
  async stop(): Promise<void> {
    await this.#closeProfiles();
    await Promise.all([...this.#spares.values()].map((spare) => spare.close()));
    await this.server.stop();
    await this.emulator.stop();
    removeTreeSync(this.server.directories.root);
    this.forget();
  }

  async #create(secrets: SecretsMode, size?: ContextOptions): Promise<Profile> {
    const context = await newContext(this.browser, this.#origins, size);
    return Profile.create(context, this.server, secrets);
  }

  async #ordinaryProfile(secrets: SecretsMode): Promise<Profile> {
    const profile = this.#spares.get(secrets) ?? (await this.#create(secrets));
    this.#spares.delete(secrets);
    this.#ordinary.set(profile, secrets);
    return profile;
  }

  /** One ordinary profile of each mode is cleared and kept, because the next window opens quicker in it. */
  async #closeProfiles(): Promise<void> {
    for (const profile of this.#profiles.splice(0)) {
      const mode = this.#ordinary.get(profile);
      this.#ordinary.delete(profile);
      if (mode === undefined || this.#spares.has(mode)) await profile.close();
      else this.#spares.set(mode, await profile.clear(this.#origins));
    }
  }

  get #origins(): readonly string[] {
    return [this.server.origin, this.emulator.origin];
  }
}

/** Writes a file that others never see half written. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  await writeFile(draft, text);
  await rename(draft, file);
}

/** Settings with one Box app, whose Box is the emulator. */
export function boxSettings(emulator: Pick<Emulator, 'origin' | 'redirectPage'>): Settings {
  return {
    'box-authentication.apps': [{ name: SEED.appName, authMethod: 'oauth2', clientId: SEED.clientId }],
    'box-authentication.accountBaseUrl': emulator.origin,
    'box-authentication.apiBaseUrl': emulator.origin,
    'box-authentication.redirectPage': emulator.redirectPage,
  };
}
