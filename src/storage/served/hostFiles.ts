import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { removeOldDrafts, writeWhole } from '../../common/wholeFile';

const text = v.pipe(v.string(), v.nonEmpty());
const hostSchema = v.object({
  /** Address of its socket, or name of its pipe. */
  socket: text,
  /** Random ids of the browser that its page is in: one, or more where pages were opened at the same time. */
  browsers: v.array(text),
  /** Id of the store that its page has; none before anything is stored. */
  store: v.optional(text),
});

/** What an extension host tells the others of itself. No secret. */
export type HostInfo = v.InferOutput<typeof hostSchema>;

/** Files in the shared folder by which the extension hosts of a served VS Code find each other. */
export class HostFiles {
  private published = '';

  /**
   * @param folder where the files are.
   * @param host name of this host.
   */
  constructor(
    private readonly folder: string,
    private readonly host: string,
  ) {}

  /** Tells what has changed of this host. Throws what the file system throws. */
  async publish(info: HostInfo): Promise<void> {
    const content = JSON.stringify(info);
    if (content === this.published) return;
    await writeWhole(this.file(this.host), content);
    this.published = content;
    await removeOldDrafts(this.folder);
  }

  /** The other hosts, by their names. */
  async others(): Promise<ReadonlyMap<string, HostInfo>> {
    const names = await readdir(this.folder).catch(() => []);
    const hosts = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((host) => host !== this.host);
    const infos = await Promise.all(hosts.map(async (host) => [host, await this.read(host)] as const));
    return new Map(infos.filter((entry): entry is [string, HostInfo] => entry[1] !== undefined));
  }

  /** Removes the file of a host that has ended; this one's unless another is named. */
  async remove(host = this.host): Promise<void> {
    if (host === this.host) this.published = '';
    await unlink(this.file(host)).catch(() => undefined);
  }

  private async read(host: string): Promise<HostInfo | undefined> {
    try {
      return v.parse(hostSchema, JSON.parse(await readFile(this.file(host), 'utf8')));
    } catch {
      return undefined;
    }
  }

  private file(host: string): string {
    return join(this.folder, `${host}.json`);
  }
}
