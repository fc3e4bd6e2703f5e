import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { mainToken, SESSION_KIND, type SessionRecord } from '../../src/sessions/sessionRecord';
import { ACCOUNT_KIND } from '../../src/sessions/accountDirectory';
import { Ledger, type LedgerEntry } from '../../src/storage/ledger';
import type { Scene } from '../../test/e2e/ui/scene';
import type { DesktopSecrets } from '../../test/vscode/secrets';
import { ours } from './activationTable';

/**
 * A browser-served VS Code reads its secrets once and keeps them in the window, as this does. Without it every read
 * would go to this process and back, which costs more than all the rest.
 */
const readInWindow = `{
  const { provider } = globalThis.desktopSecrets;
  let reading;
  const all = () => (reading ??= globalThis.allStoredSecrets().then((entries) => new Map(entries)));
  globalThis.secretReads = 0;
  provider.get = async (key) => {
    globalThis.secretReads += 1;
    return (await all()).get(key);
  };
  provider.keys = async () => [...(await all()).keys()];
}`;

/** A stored account: what a copy changes of it. */
interface StoredAccount {
  readonly userId: string;
  readonly clientId: string;
}

/**
 * What our extension has stored after one sign-in, and copies of it for more users. No extension host may live while
 * it is filled.
 */
export class StoredSessions {
  private constructor(
    private readonly secrets: DesktopSecrets,
    /** The extension's global storage. */
    private readonly folder: string,
    private readonly entries: readonly LedgerEntry[],
    private readonly values: ReadonlyMap<string, string>,
  ) {}

  /**
   * Takes what one sign-in has stored. The scene must have desktop secrets. Windows that are opened later can read
   * what is stored when they first do, and store nothing themselves.
   */
  static async of({ bed, profile }: Scene): Promise<StoredSessions> {
    const { desktopSecrets: secrets } = profile;
    if (!secrets) throw new Error('Only desktop secrets can be filled from here.');
    const folder = join(bed.server.directories.data, 'User/globalStorage', ours);
    const entries = await new Ledger(join(folder, 'ledger')).all();
    await keepInWindows(profile.context, secrets);
    return new StoredSessions(secrets, folder, entries, secrets.ofExtension(ours));
  }

  /** The session of the sign-in. */
  get session(): SessionRecord {
    return JSON.parse(this.#stored(SESSION_KIND.prefix).value) as SessionRecord;
  }

  /** Stores so many sessions, that of the sign-in among them, as if each user had signed in. */
  async fill(count: number): Promise<void> {
    await this.#clear();
    for (const [key, value] of this.values) this.secrets.set(ours, key, value);
    const ledger = new Ledger(join(this.folder, 'ledger'));
    for (const { key, revision, present, host } of this.entries) {
      await ledger.write({ key, revision, present, host });
    }
    for (let copy = 1; copy < count; copy += 1) await this.#addCopy(copy, ledger);
  }

  async #addCopy(copy: number, ledger: Ledger): Promise<void> {
    const session = this.#stored(SESSION_KIND.prefix);
    const account = this.#stored(ACCOUNT_KIND.prefix);
    const own = copyOf(this.session, copy);
    const ownAccount = {
      ...(JSON.parse(account.value) as StoredAccount),
      userId: own.user.id,
      id: own.user.id,
      labels: [own.user.login],
    };
    const copies: readonly (readonly [model: string, key: string, value: object])[] = [
      [session.key, `${SESSION_KIND.prefix}/${own.id}`, own],
      [account.key, `${ACCOUNT_KIND.prefix}/${own.user.id}/${own.clientId}`, ownAccount],
    ];
    for (const [model, key, value] of copies) {
      this.secrets.set(ours, key, JSON.stringify(value));
      const entry = this.entries.find((each) => each.key === model);
      if (entry) await ledger.write({ ...entry, key });
    }
  }

  /** The one record of a kind that the sign-in stored, with its number and version, which a copy keeps. */
  #stored(prefix: string): { readonly key: string; readonly value: string } {
    const [found] = [...this.values].filter(([key]) => key.startsWith(`${prefix}/`));
    if (!found) throw new Error(`The sign-in stored no ${prefix}.`);
    return { key: found[0], value: found[1] };
  }

  async #clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    for (const key of this.secrets.ofExtension(ours).keys()) this.secrets.remove(ours, key);
  }
}

async function keepInWindows(context: BrowserContext, { store }: DesktopSecrets): Promise<void> {
  await context.exposeBinding('allStoredSecrets', () => [...store]);
  await context.addInitScript(readInWindow);
}

/** How often a window that was opened after {@link StoredSessions.of} has read a secret. */
export async function secretReads(page: Page): Promise<number> {
  return page.evaluate<number>('globalThis.secretReads');
}

/** The session of another user, who signed in earlier. */
function copyOf(session: SessionRecord, copy: number): SessionRecord {
  const id = `${session.id.slice(0, -3)}${String(copy).padStart(3, '0')}`;
  const user = {
    ...session.user,
    id: `${session.user.id}${copy}`,
    login: `copy${copy}.${session.user.login}`,
  };
  const suffix = String(copy).padStart(4, '0');
  return {
    ...session,
    id,
    user,
    account: { id: user.id, label: user.login },
    signedInAt: session.signedInAt - copy * 1000,
    pair: session.pair && {
      ...session.pair,
      accessToken: `${session.pair.accessToken.slice(0, -4)}${suffix}`,
      refreshToken: `${mainToken(session.pair).slice(0, -4)}${suffix}`,
    },
  };
}
