import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { SEED } from '../../emulator';
import type { ConsumerRecord } from '../../fixtures/consumer/records';
import { grantAccess } from '../../vscode/boxPages';
import { eventually } from '../../vscode/poll';
import type { Profile } from '../../vscode/profile';
import type { StatusBarItem } from '../../vscode/statusBarItem';
import type { Emulator, ProfileOptions, TestBed } from '../../vscode/testBed';
import type { Workbench } from '../../vscode/workbench';
import { harness, type Fixture } from '../harness';

/** What the consumer writes without a command. */
const unasked: ReadonlySet<ConsumerRecord['event']> = new Set(['changed', 'started', 'mixed', 'paused']);
const extensionId = 'vscode-box.box-authentication';

/** What a scene begins with. */
export interface SceneOptions extends ProfileOptions {
  /** The extensions beside ours; the consumer unless told. */
  readonly beside?: readonly Fixture[];
}

/** How a sign-in goes. */
export interface SignInOptions {
  /** Who signs in on Box's page; the seeded enterprise user unless told. */
  readonly login?: string;
  /** Whether the client secret is asked for, as it is until it was entered once. True unless told. */
  readonly asksSecret?: boolean;
  /** What begins the sign-in; `Box: Sign In` unless told. */
  readonly begin?: () => Promise<void>;
}

/** One person at one window of VS Code, with the Box emulator in the same browser. */
export class Scene {
  readonly status: StatusBarItem;

  private constructor(
    readonly bed: TestBed,
    readonly profile: Profile,
    readonly workbench: Workbench,
  ) {
    this.status = workbench.statusBarItem('box-authentication.account');
  }

  /** Opens a window in a browser profile and with a Box that are as new. */
  static async open({ beside = ['consumer'], ...options }: SceneOptions = {}): Promise<Scene> {
    const bed = await harness().freshBed(...beside);
    const profile = await bed.openProfile(options);
    return new Scene(bed, profile, await profile.openWindow());
  }

  get box(): Emulator['control'] {
    return this.bed.emulator.control;
  }

  /** What our extension has stored, by its own keys. In `desktop` mode only. */
  secrets(): ReadonlyMap<string, string> {
    assert.ok(this.profile.desktopSecrets, 'the scene was not opened with desktop secrets');
    return this.profile.desktopSecrets.ofExtension(extensionId);
  }

  /** Stores something under one of our extension's keys, as another window would. In `desktop` mode only. */
  storeSecret(key: string, value: string): void {
    this.profile.desktopSecrets?.set(extensionId, key, value);
  }

  /** Begins a sign-in and follows it to Box's page. */
  async beginSignIn({ asksSecret = true, begin }: SignInOptions = {}): Promise<Page> {
    return this.profile.tabOpenedBy(async () => {
      await (begin ? begin() : this.workbench.runCommand('Box: Sign In'));
      if (asksSecret) await this.enterClientSecret();
    });
  }

  /** Signs in, from the palette to the status bar. */
  async signIn(options: SignInOptions = {}): Promise<void> {
    const { login = SEED.userLogin } = options;
    const tab = await this.beginSignIn(options);
    await grantAccess(tab, login);
    await this.status.expectText(login);
    await tab.close();
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
    await quickInput.pick('Add a Box app');
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

  /** Runs `Box: Copy Access Token` and gives what is then on the clipboard. */
  async copyToken(): Promise<string> {
    const before = await this.workbench.clipboard();
    await this.workbench.runCommand('Box: Copy Access Token');
    return eventually('a token on the clipboard', async () => {
      const now = await this.workbench.clipboard();
      return now !== before && now;
    });
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

  /** How many requests Box's token and API endpoints got, which is what the extension sends. */
  async requestCount(): Promise<number> {
    const own = new Set(['token', 'revoke', 'usersMe']);
    return (await this.box.requests()).filter(({ endpoint }) => own.has(endpoint)).length;
  }

  async #answers(): Promise<readonly ConsumerRecord[]> {
    return (await this.bed.consumerRecords()).filter(({ event }) => !unasked.has(event));
  }
}

/** Waits until a token is no longer honoured by Box. */
export async function expectDead(box: Emulator['control'], token: string): Promise<void> {
  await eventually('the token to be dead', async () => !(await box.tokenInfo(token)).live);
}
