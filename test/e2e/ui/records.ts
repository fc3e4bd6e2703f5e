import type { ConsumerRecord } from '../../fixtures/consumer/records';
import { eventually } from '../../vscode/poll';
import type { TestBed } from '../../vscode/testBed';
import type { Workbench } from '../../vscode/workbench';

/** How many killed extension hosts of a page VS Code replaces by itself. Then it asks. */
const replacedHosts = 2;

/** The records of one kind. */
export type RecordOf<Event extends ConsumerRecord['event']> = Extract<ConsumerRecord, { event: Event }>;

/** Demands that a record is of a kind, and says what the consumer wrote when it is not. */
export function expectRecord<Event extends ConsumerRecord['event']>(
  event: Event,
  record: ConsumerRecord,
): RecordOf<Event> {
  if (!isRecord(event, record)) throw new Error(`The consumer wrote: ${JSON.stringify(record)}`);
  return record;
}

/** Does something that makes the consumer write records of a kind, and gives the new ones once there are enough. */
export async function recordsOf<Event extends ConsumerRecord['event']>(
  bed: TestBed,
  event: Event,
  { count, during, timeoutMs }: { count: number; during: () => Promise<void>; timeoutMs?: number },
): Promise<readonly RecordOf<Event>[]> {
  const read = async (): Promise<readonly RecordOf<Event>[]> =>
    (await bed.consumerRecords()).filter((record) => isRecord(event, record));
  const before = (await read()).length;
  await during();
  return eventually(
    `${count} records of the kind ${event}`,
    async () => {
      const news = (await read()).slice(before);
      return news.length >= count && news;
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  );
}

/** Kills the extension host that started last of the windows that are open, and waits for its end. */
export async function endExtensionHost(bed: TestBed): Promise<void> {
  const pid = await eventually('a host of an open window', async () => (await livingHosts(bed)).at(-1));
  await eventually('the extension host to end', () => !isAlive(pid, 'SIGKILL'));
}

/**
 * Kills the extension host of the only window, and waits until there is another: for our extension a new start, in a
 * third of the time that loading the page again takes. The page is loaded again where VS Code would ask instead.
 */
export async function restartExtensionHost(bed: TestBed, window: Workbench): Promise<void> {
  const before = (await hostsStarted(bed)).length;
  await endExtensionHost(bed);
  window.hostKills += 1;
  if (window.hostKills > replacedHosts) await window.reload();
  await eventually('another extension host', async () => (await hostsStarted(bed)).length > before);
}

/** Waits until the extension hosts of closed windows have ended. Gives the processes of those that live. */
export async function livingHosts(bed: TestBed): Promise<readonly number[]> {
  const open = bed.profiles.flatMap(({ windows }) => windows).length;
  return eventually('the hosts of closed windows to end', async () => {
    const living = (await hostsStarted(bed)).filter((each) => isAlive(each, 0));
    return living.length <= open && living;
  });
}

/** The processes of the extension hosts that have started, oldest first. */
export async function hostsStarted(bed: TestBed): Promise<readonly number[]> {
  return (await bed.consumerRecords()).filter((record) => isRecord('started', record)).map(({ pid }) => pid);
}

function isAlive(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function isRecord<Event extends ConsumerRecord['event']>(
  event: Event,
  record: ConsumerRecord,
): record is RecordOf<Event> {
  return record.event === event;
}
