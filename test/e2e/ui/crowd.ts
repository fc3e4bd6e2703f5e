import { createHash } from 'node:crypto';
import { SEED } from '../../emulator/src';
import { eventually } from '../../vscode/poll';
import type { Workbench } from '../../vscode/workbench';
import { expectRecord, hostsStarted } from './records';
import type { Scene } from './scene';

/** One window of a crowd, with the process of its extension host. */
export interface Member {
  readonly workbench: Workbench;
  pid: number;
}

/** Windows of one person, in which the consumer asks for the session all the time. */
export class Crowd {
  readonly members: Member[] = [];
  #pauses = 0;

  private constructor(private readonly scene: Scene) {}

  /** Makes a crowd of the scene's windows, in which the consumer may use the session from now on. */
  static async gather(scene: Scene): Promise<Crowd> {
    const crowd = new Crowd(scene);
    await scene.consume('Get Session', () => scene.allowConsumer());
    for (const workbench of scene.profile.windows) {
      const { pid } = expectRecord(
        'session',
        await scene.consume('Get Session Silently', undefined, workbench),
      );
      crowd.members.push({ workbench, pid });
    }
    return crowd;
  }

  /** Opens a window and waits until it shows the account. */
  async open(): Promise<void> {
    let workbench: Workbench | undefined;
    const pid = await this.#startOf(async () => {
      workbench = await this.scene.profile.openWindow();
    });
    if (workbench) this.members.push({ workbench, pid });
    await workbench?.statusBarItem('box-authentication.account').expectText(SEED.userLogin, 60_000);
  }

  /** Loads a window again. */
  async reload(member: Member): Promise<void> {
    member.pid = await this.#startOf(() => member.workbench.reload());
    await member.workbench.statusBarItem('box-authentication.account').expectText(SEED.userLogin, 60_000);
  }

  /** Closes a window and opens another. */
  async replace(member: Member): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1);
    await member.workbench.page.close();
    await this.open();
  }

  /** Kills a window's extension host, and loads the window again. */
  async kill(member: Member): Promise<void> {
    process.kill(member.pid, 'SIGKILL');
    await this.reload(member);
  }

  /** Asks for the session in every window from now on. */
  async ask(): Promise<void> {
    await this.scene.bed.mix('on');
  }

  /** Stops asking in every window, and waits until none does. */
  async pause(): Promise<void> {
    const text = `pause ${String((this.#pauses += 1))}`;
    await this.scene.bed.mix(text);
    await eventually('every window to pause', async () => {
      const paused = (await this.scene.bed.consumerRecords()).flatMap((each) =>
        each.event === 'paused' && each.text === text ? [each.pid] : [],
      );
      return this.members.every(({ pid }) => paused.includes(pid));
    });
  }

  /** Whether the last answer in every window was the same token, and Box honors it. */
  async hasOneToken(): Promise<boolean> {
    const last = new Map<number, string | undefined>();
    for (const each of await this.scene.bed.consumerRecords()) {
      if (each.event === 'mixed') last.set(each.pid, each.accessTokenSha256);
    }
    const [hash, ...others] = new Set(this.members.map(({ pid }) => last.get(pid)));
    if (hash === undefined || others.length > 0) return false;
    const token = await this.#tokenOf(hash);
    return token !== undefined && (await this.scene.box.tokenInfo(token)).live;
  }

  /** Asks for the session in each window, and gives the tokens that it got. */
  async tokens(): Promise<readonly (string | undefined)[]> {
    const hashes: (string | undefined)[] = [];
    for (const { workbench } of this.members) {
      const record = await this.scene.consume('Get Session Silently', undefined, workbench);
      hashes.push(record.event === 'session' ? record.accessTokenSha256 : undefined);
    }
    return Promise.all(hashes.map((hash) => this.#tokenOf(hash)));
  }

  async #tokenOf(hash: string | undefined): Promise<string | undefined> {
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    return (await this.scene.box.issuedSecrets()).find((token) => sha256(token) === hash);
  }

  async #startOf(action: () => Promise<void>): Promise<number> {
    const before = await hostsStarted(this.scene.bed);
    await action();
    return eventually(
      'the extension host to start',
      async () => (await hostsStarted(this.scene.bed))[before.length],
      {
        timeoutMs: 60_000,
      },
    );
  }
}
