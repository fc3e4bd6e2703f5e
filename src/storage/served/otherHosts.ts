import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { OwnSecrets } from '../store/ownSecrets';
import { STORE_KEY } from '../store/storeIdentity';
import { HostFiles, type HostInfo } from './hostFiles';
import { askHost, HostLink, type Answer, type Question } from './hostLink';

/** What tells one browser from another on the same server. */
export interface Browser {
  /** Random ids, of which pages of the browser have one in common seconds after they were opened. */
  ids(): readonly string[];
}

/** The keys that another host is answered. */
const OUR_KEYS = /^(session|account|app|revocation|children|callback|set-aside)\/|^store$/;

/** Dependencies of {@link OtherHosts}. */
export interface OtherHostsDependencies {
  /** The folder in which the hosts' files are. */
  readonly folder: string;
  readonly host: string;
  readonly own: OwnSecrets;
  /** The id of the store that this page has. */
  readonly storeId: () => string | undefined;
  readonly browser: Browser;
  readonly log: Log;
}

/** The other extension hosts of a served VS Code, as far as they have what this page lacks. */
export class OtherHosts implements Disposable {
  private readonly files: HostFiles;
  private readonly link: HostLink;
  private address: string | undefined;

  constructor(private readonly dependencies: OtherHostsDependencies) {
    const { folder, host } = dependencies;
    this.files = new HostFiles(folder, host);
    this.link = new HostLink(host, (question) => this.answer(question));
  }

  /** Begins to answer other hosts. Where that cannot be done this host only asks. */
  async open(): Promise<void> {
    try {
      this.address = await this.link.open();
    } catch (error) {
      this.dependencies.log.warn(`Other windows cannot ask this one: ${errorText(error)}`);
    }
  }

  /** Tells the others which store this page has. Never fails. */
  async publish(store: string | undefined): Promise<void> {
    if (this.address === undefined) return;
    const info = { socket: this.address, browsers: [...this.dependencies.browser.ids()] };
    await this.files.publish(store === undefined ? info : { ...info, store }).catch((error: unknown) => {
      this.dependencies.log.warn(`Other windows cannot find this one: ${errorText(error)}`);
    });
  }

  /**
   * Gets what other pages with the same store have.
   * @param isEnough whether a text is as new as it must be.
   * @returns the texts that could be had.
   */
  async fetch(
    store: string,
    keys: readonly string[],
    isEnough: (key: string, text: string) => boolean,
  ): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (keys.length === 0) return found;
    const answers = await this.askAll({ store, keys: [...keys] }, (info) => info.store === store);
    for (const key of keys) {
      const text = answers
        .map((answer) => answer[key])
        .find((each) => each !== undefined && isEnough(key, each));
      if (text !== undefined) found.set(key, text);
    }
    return found;
  }

  /**
   * The identity of the store that another page of this browser has.
   * @param sessionKeys keys of this page's sessions: they are random, so that a page with one of them is of this browser
   * although no id says so yet.
   */
  async storeOfBrowser(sessionKeys: readonly string[]): Promise<string | undefined> {
    const ids = new Set(this.dependencies.browser.ids());
    for (const [host, info] of await this.files.others()) {
      const isOurs = info.browsers.some((id) => ids.has(id));
      if (info.store === undefined || (!isOurs && sessionKeys.length === 0)) continue;
      const question = { store: info.store, keys: [STORE_KEY, ...sessionKeys] };
      const answer = (await this.ask(host, info, question)) ?? {};
      const isSame = isOurs || sessionKeys.some((key) => answer[key] !== undefined);
      if (isSame && answer[STORE_KEY] !== undefined) return answer[STORE_KEY];
    }
    return undefined;
  }

  /** The stores that living hosts have. Removes what dead ones left behind. */
  async livingStores(): Promise<ReadonlySet<string>> {
    const living = new Set<string>();
    for (const [host, { socket, store }] of await this.files.others()) {
      const answer = await askHost(socket, { store: store ?? '', keys: [] });
      if (answer === 'ended') await this.files.remove(host);
      else if (store !== undefined) living.add(store);
    }
    return living;
  }

  dispose(): void {
    void this.files.remove();
    void this.link.close().catch(() => undefined);
  }

  private async askAll(
    question: Question,
    concerns: (info: HostInfo) => boolean,
  ): Promise<readonly Answer[]> {
    const hosts = [...(await this.files.others())].filter(([, info]) => concerns(info));
    const answers = await Promise.all(hosts.map(([host, info]) => this.ask(host, info, question)));
    return answers.filter((answer) => answer !== undefined);
  }

  private async ask(host: string, { socket }: HostInfo, question: Question): Promise<Answer | undefined> {
    const answer = await askHost(socket, question);
    if (answer !== 'ended') return answer;
    await this.files.remove(host);
    return undefined;
  }

  private async answer({ store, keys }: Question): Promise<Answer> {
    const { own, storeId } = this.dependencies;
    if (store !== storeId()) return {};
    const answer: Record<string, string> = {};
    for (const key of keys.filter((each) => OUR_KEYS.test(each))) {
      const text = await own.readText(key);
      if (text !== undefined) answer[key] = text;
    }
    return answer;
  }
}
