import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { SEED } from '../../emulator/src';
import { defaultSwitches } from '../../emulator/src/switches';
import type { ConsumerRecord } from '../../fixtures/consumer/records';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { Profile } from '../../vscode/profile';
import type { DesktopSecrets } from '../../vscode/secrets';
import type { Settings } from '../../vscode/settings';
import type { StatusBarItem } from '../../vscode/statusBarItem';
import type { Emulator, ProfileOptions, TestBed } from '../../vscode/testBed';
import type { Workbench } from '../../vscode/workbench';
import { harness, type Fixture } from '../harness';
import { extensionId, signedInSecrets, type SeededLogin, type SeedOrigin } from './seed';

/** What the consumer writes without a command. */
const unasked: ReadonlySet<ConsumerRecord['event']> = new Set([
  'changed',
  'started',
  'mixed',
  'paused',
  'configured',
]);

const apiBaseUrlName = 'box-authentication.apiBaseUrl';
/** What our extension logs when it has sent a revocation, or could not. */
const revocationEnded = /Revoked the tokens of (?!session )|revocation could not be/g;

const statusItemId = 'box-authentication.account';

/** What a scene begins with. */
export interface SceneOptions extends ProfileOptions {
  /** The extensions beside ours; the consumer unless told. */
  readonly beside?: readonly Fixture[];
}

/** What a scene begins with in which somebody is signed in. */
export interface SignedInOptions extends SceneOptions {
  /** Who is signed in, the last one last; the seeded enterprise user unless told. */
  readonly logins?: readonly SeededLogin[];
  /** What is left of the life of their access tokens by the windows' reckoning, in seconds; an hour unless told. */
  readonly leftS?: number;
}

/** How a sign-in goes. */
export interface SignInOptions {
  /** Who signs in on Box's page; the seeded enterprise user unless told. */
  readonly login?: string;
  /** Whether the client secret is asked for; unless told, where it was not entered before. */
  readonly asksSecret?: boolean;
  /** What begins the sign-in; `Box: Sign In` unless told. */
  readonly begin?: () => Promise<void>;
}

/** A session as it is stored. */
export interface StoredSession {
  /** By our extension's own name of it. */
  readonly key: string;
  readonly record: string;
  readonly refreshToken: string;
}

/** One person at one window of VS Code, with the Box emulator in the same browser. */
export class Scene {
  readonly status: StatusBarItem;
  readonly #generation: number;
  #apiBaseUrl: unknown;
  /** For which API the client secret was entered: it is kept for each by itself. */
  readonly #secretsFor = new Set<unknown>();

  private constructor(
    readonly bed: TestBed,
    readonly profile: Profile,
    readonly workbench: Workbench,
    settings: Settings | undefined,
    /** Whether the client secret was stored before the window opened. */
    hasSecret: boolean,
  ) {
    this.#apiBaseUrl = settings?.[apiBaseUrlName];
    if (hasSecret) this.#secretsFor.add(this.#apiBaseUrl);
    this.status = workbench.statusBarItem(statusItemId);
    this.#generation = bed.generation;
  }

  /** Opens a window in a browser profile and with a Box that are as new. */
  static async open({ beside = ['consumer'], ...options }: SceneOptions = {}): Promise<Scene> {
    const bed = await harness().freshBed(beside, options.secrets);
    const profile = await bed.openProfile(options);
    return new Scene(bed, profile, await profile.openWindow(), options.settings, false);
  }

  /**
   * The same, where people have signed in before the window opens: no request of theirs is counted, and VS Code and
   * other extensions have seen nothing of it. Resolves when the status bar shows who was last.
   */
  static async openSignedIn({
    beside = ['consumer'],
    logins = [SEED.userLogin],
    leftS,
    ...options
  }: SignedInOptions = {}): Promise<Scene> {
    const bed = await harness().freshBed(beside, options.secrets);
    const profile = await bed.openProfile(options);
    const origin = { ...seedOrigin(bed, options), ...(leftS !== undefined && { leftS }) };
    await profile.seedSecrets(extensionId, await signedInSecrets(origin, logins));
    const scene = new Scene(bed, profile, await profile.openWindow(), options.settings, true);
    await scene.status.expectText(logins.at(-1) ?? 'Box: Sign In');
    return scene;
  }

  /** The same, where nobody is signed in but the client secret was entered before. */
  static async openSignedOut(options: SceneOptions = {}): Promise<Scene> {
    return Scene.openSignedIn({ ...options, logins: [] });
  }

  get box(): Emulator['control'] {
    return this.bed.emulator.control;
  }

  /** Whether this is still there: opening another scene with the same extensions ends it. */
  get isOpen(): boolean {
    return this.#generation === this.bed.generation;
  }

  /** The store of secrets. In `desktop` mode only. */
  get desktopSecrets(): DesktopSecrets {
    const { desktopSecrets } = this.profile;
    assert.ok(desktopSecrets, 'the scene was not opened with desktop secrets');
    return desktopSecrets;
  }

  /** The second window. */
  get otherWindow(): Workbench {
    const [, other] = this.profile.windows;
    assert.ok(other, 'there is one window only');
    return other;
  }

  /** What our extension has stored, by its own keys. In `desktop` mode only. */
  secrets(): ReadonlyMap<string, string> {
    return this.desktopSecrets.ofExtension(extensionId);
  }

  /**
   * The stored session of somebody that Box honors. One that was signed out before may be stored for some seconds more.
   * In `desktop` mode only.
   */
  async storedSession(login: string): Promise<StoredSession> {
    for (const [key, record] of this.secrets()) {
      const [, refreshToken] = /"refreshToken":"([^"]+)"/.exec(record) ?? [];
      if (!key.startsWith('session/') || !record.includes(login) || refreshToken === undefined) continue;
      if ((await this.box.tokenInfo(refreshToken)).live) return { key, record, refreshToken };
    }
    throw new Error(`No session of ${login} is stored that Box honors.`);
  }

  /** Stores something under one of our extension's keys, as another window would. In `desktop` mode only. */
  storeSecret(key: string, value: string): void {
    this.profile.desktopSecrets?.set(extensionId, key, value);
  }

  /** Begins a sign-in and follows it to Box's page. */
  async beginSignIn({
    asksSecret = !this.#secretsFor.has(this.#apiBaseUrl),
    begin,
  }: SignInOptions = {}): Promise<Page> {
    const tab = await this.profile.tabOpenedBy(async () => {
      await (begin ? begin() : this.workbench.runCommand('Box: Sign In'));
      if (asksSecret) await this.enterClientSecret();
    });
    this.#secretsFor.add(this.#apiBaseUrl);
    return tab;
  }

  /** Signs in, from the palette to the status bar. */
  async signIn(options: SignInOptions = {}): Promise<void> {
    const { login = SEED.userLogin } = options;
    const tab = await this.beginSignIn(options);
    await grantAccess(tab, login);
    await this.status.expectText(login);
    await tab.close();
  }

  /**
   * Takes away what a test leaves: tabs of Box, boxes, notifications, sign-ins that wait, the clipboard's content, and
   * at Box faults, switches and a wrong clock. Who is signed in stays so, and so does what Box has counted.
   */
  async tidy(): Promise<void> {
    await this.profile.closeTabs();
    for (const window of this.profile.windows) await window.tidy();
    await this.box.clearFaults();
    await this.box.set(defaultSwitches());
    await this.box.realClock();
  }

  /**
   * Signs out whoever is signed in, and takes the notifications of that away. VS Code then forgets too which extensions
   * may use the account, which it does in its own menu only.
   */
  async signOutEverybody(): Promise<void> {
    const signedOut = this.status.withText('Box: Sign In');
    if (!(await signedOut.isVisible())) {
      await this.workbench.page.bringToFront();
      for (const entry of await this.workbench.accounts.entries()) await this.#signOut(entry);
    }
    await this.expectNobody();
    await this.tidy();
  }

  /** Waits until nobody is signed in, in any window or in some. */
  async expectNobody(windows: readonly Workbench[] = this.profile.windows): Promise<void> {
    for (const window of windows) await window.statusBarItem(statusItemId).expectText('Box: Sign In');
  }

  /** Signs out one account, as its entry in the Accounts menu has it; not what else is in that menu. */
  async #signOut(entry: string): Promise<void> {
    const [, label] = /^(.+) \(Box\)$/.exec(entry) ?? [];
    if (label === undefined) return;
    const { accounts, dialog } = this.workbench;
    const ended = (): Promise<number> => this.bed.timesLogged(revocationEnded);
    const before = await ended();
    await accounts.choose(entry, 'Sign Out');
    await dialog.answer(label, 'Sign Out');
    await eventually('the revocation', async () => (await ended()) > before);
  }

  /**
   * Signs out by command.
   * @param login whom, where the command has to ask.
   */
  async signOut(login?: string): Promise<void> {
    const { workbench } = this;
    await workbench.runCommand('Box: Sign Out');
    if (login !== undefined) await workbench.quickInput.pick(login);
    await workbench.dialog.answer(/Sign out .+\?/, 'Sign Out');
  }

  /** Replaces the settings over the usual ones, in every window. */
  async changeSettings(settings: Settings): Promise<void> {
    await this.bed.changeSettings(settings);
    this.#apiBaseUrl = settings[apiBaseUrlName];
  }

  /** Opens or closes windows beside the first, until there are so many. */
  async setWindows(count: number): Promise<void> {
    const { windows } = this.profile;
    for (const { page } of windows.slice(count)) await page.close();
    for (let open = windows.length; open < count; open += 1) await this.profile.openWindow();
  }

  /** Answers the question for the client secret, which must hide what is typed. */
  async enterClientSecret(secret: string = SEED.clientSecret): Promise<void> {
    const { quickInput } = this.workbench;
    await quickInput.expect(/client secret/i);
    assert.equal(await quickInput.isPassword(), true, 'the client secret is typed in the clear');
    await quickInput.submit(secret);
  }

  /**
   * Chooses to add an app that users sign in with, and answers name, client ID and client secret. What follows is the
   * list of redirect URIs.
   */
  async enterApp(): Promise<void> {
    const { quickInput } = this.workbench;
    await quickInput.pick('Add a Box App');
    await quickInput.expect(/configure a box app/i);
    await quickInput.expectMessage(/name/i);
    await quickInput.submit('My app');
    await quickInput.expectMessage(/client id/i);
    await quickInput.submit(SEED.clientId);
    await quickInput.expectMessage(/client secret/i);
    assert.equal(await quickInput.isPassword(), true, 'the client secret is typed in the clear');
    await quickInput.submit(SEED.clientSecret);
    await quickInput.expect(/redirect URI/i);
  }

  /** Refreshes the access token in a window, the first unless told, and waits until that window has the new one. */
  async refresh(workbench: Workbench = this.workbench): Promise<void> {
    const { refreshes } = await this.box.counters();
    await workbench.runCommand('Box: Refresh Access Token');
    await eventually('the refresh', async () => (await this.box.counters()).refreshes === refreshes + 1);
    await workbench.notifications.expect(/new access token/);
    await workbench.runCommand('Notifications: Clear All Notifications');
  }

  /** Runs `Box: Copy Access Token` and gives what is then on the clipboard. */
  async copyToken(): Promise<string> {
    await this.workbench.clearClipboard();
    await this.workbench.runCommand('Box: Copy Access Token');
    return eventually('a token on the clipboard', () => this.workbench.clipboard());
  }

  /** Runs a command of the consumer extension, in the first window unless told, and gives the record that it writes. */
  async consume(
    title: string,
    during?: () => Promise<void>,
    workbench: Workbench = this.workbench,
  ): Promise<ConsumerRecord> {
    const before = await this.#answers();
    await workbench.runCommand(`Consumer: ${title}`);
    await during?.();
    return eventually(`an answer to ${title}`, async () => (await this.#answers())[before.length]);
  }

  /** Lets the consumer, which asks for the first time, use an account that is signed in already. */
  async allowConsumer(login: string = SEED.userLogin): Promise<void> {
    await this.workbench.dialog.answer(/Consumer.*wants to sign in/, 'Allow');
    await this.workbench.quickInput.pick(login);
  }

  /** The redirect URI that the browser was first sent to Box with; undefined before that. */
  async sentRedirectUri(): Promise<string | undefined> {
    const [request] = await this.box.requests({ endpoint: 'authorize' });
    return request?.query?.['redirect_uri'];
  }

  /** The requests that the extension has sent to Box, which are those to the token and API endpoints, oldest first. */
  async sentRequests(): Promise<readonly string[]> {
    const own = new Set(['token', 'revoke', 'usersMe']);
    const sent = (await this.box.requests()).filter(({ endpoint }) => own.has(endpoint));
    return sent.map(({ endpoint, grantType }) => [endpoint, grantType ?? []].flat().join(' '));
  }

  async #answers(): Promise<readonly ConsumerRecord[]> {
    return (await this.bed.consumerRecords()).filter(({ event }) => !unasked.has(event));
  }
}

function seedOrigin({ emulator }: TestBed, { settings }: ProfileOptions): SeedOrigin {
  const apiBaseUrl = settings?.[apiBaseUrlName];
  return typeof apiBaseUrl === 'string' ? { emulator, apiBaseUrl } : { emulator };
}

/** Waits until Box honours no token any more of all that it has issued. */
export async function expectAllDead(box: Emulator['control']): Promise<void> {
  await eventually('every token to be dead', async () => {
    const infos = await Promise.all((await box.issuedSecrets()).map((secret) => box.tokenInfo(secret)));
    return infos.every(({ live }) => !live);
  });
}

/** Waits until a token is no longer honoured by Box. */
export async function expectDead(box: Emulator['control'], token: string): Promise<void> {
  await eventually('the token to be dead', async () => !(await box.tokenInfo(token)).live);
}
