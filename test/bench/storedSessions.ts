import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { mainToken, SESSION_KIND, type SessionRecord } from '../../src/sessions/store/sessionRecord';
import { ACCOUNT_KIND } from '../../src/sessions/store/accountDirectory';
import { ABSENT, open, seal } from '../../src/storage/store/envelope';
import { StoreIndex, withKey, type IndexState } from '../../src/storage/store/storeIndex';
import type { Scene } from '../e2e/ui/scene';
import type { DesktopSecrets } from '../vscode/secrets';
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
    private readonly index: { readonly id: string; readonly state: IndexState },
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
    const indexes = indexIn(folder);
    const [id = ''] = await indexes.storeIds();
    const state = await indexes.readToChange(id);
    await keepInWindows(profile.context, secrets);
    return new StoredSessions(secrets, folder, { id, state }, secrets.ofExtension(ours));
  }

  /** The session of the sign-in. */
  get session(): SessionRecord {
    return this.#stored(SESSION_KIND.prefix).value as SessionRecord;
  }

  /** Stores so many sessions, that of the sign-in among them, as if each user had signed in. */
  async fill(count: number): Promise<void> {
    await this.#clear();
    for (const [key, value] of this.values) this.secrets.set(ours, key, value);
    let { state } = this.index;
    for (let copy = 1; copy < count; copy += 1) state = this.#addCopy(copy, state);
    await indexIn(this.folder).write(this.index.id, state);
  }

  #addCopy(copy: number, before: IndexState): IndexState {
    const account = this.#stored(ACCOUNT_KIND.prefix).value as StoredAccount;
    const own = copyOf(this.session, copy);
    const ownAccount = { ...account, userId: own.user.id, id: own.user.id, labels: [own.user.login] };
    const copies: readonly (readonly [key: string, value: object])[] = [
      [`${SESSION_KIND.prefix}/${own.id}`, own],
      [`${ACCOUNT_KIND.prefix}/${own.user.id}/${own.clientId}`, ownAccount],
    ];
    let state = before;
    for (const [key, value] of copies) {
      const revision = state.counter + 1;
      state = withKey(state, key, revision);
      this.secrets.set(ours, key, seal(value, revision, 'bench', ABSENT));
    }
    return state;
  }

  /** The one record of a kind that the sign-in stored. */
  #stored(prefix: string): { readonly key: string; readonly value: object } {
    const [found] = [...this.values].filter(([key]) => key.startsWith(`${prefix}/`));
    const stored = open(found?.[1]);
    if (!found || stored.kind !== 'value') throw new Error(`The sign-in stored no ${prefix}.`);
    return { key: found[0], value: stored.value };
  }

  async #clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    for (const key of this.secrets.ofExtension(ours).keys()) this.secrets.remove(ours, key);
  }
}

function indexIn(folder: string): StoreIndex {
  return new StoreIndex(join(folder, 'stores'));
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
