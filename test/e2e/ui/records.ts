import type { ConsumerRecord } from '../../fixtures/consumer/records';
import { eventually } from '../../vscode/poll';
import type { TestBed } from '../../vscode/testBed';

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

/** Kills the extension host that started last, and waits for its end. @throws Error where none has started */
export async function endExtensionHost(bed: TestBed): Promise<void> {
  const pid = (await hostsStarted(bed)).at(-1);
  if (pid === undefined) throw new Error('No extension host has started.');
  await eventually('the extension host to end', () => !isAlive(pid, 'SIGKILL'));
}

/** The processes of the extension hosts that have started, oldest first. */
export async function hostsStarted(bed: TestBed): Promise<readonly number[]> {
  return (await bed.consumerRecords()).filter((record) => isRecord('started', record)).map(({ pid }) => pid);
}

function isAlive(pid: number, signal: NodeJS.Signals): boolean {
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
