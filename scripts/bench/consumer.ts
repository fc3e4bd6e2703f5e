import { SEED } from '../../test/emulator';
import type { Scene } from '../../test/e2e/ui/scene';
import type { ConsumerRecord } from '../../test/fixtures/consumer/records';
import { eventually } from '../../test/vscode/poll';
import type { TestBed } from '../../test/vscode/testBed';

/** The records of one kind. */
type RecordOf<Event extends ConsumerRecord['event']> = Extract<ConsumerRecord, { event: Event }>;

/** Signs in and lets the consumer use the account, in windows that are opened later too. */
export async function signInWithConsumer(scene: Scene): Promise<void> {
  await scene.signIn();
  expectRecord('session', await scene.consume('Get Session', () => scene.allowConsumer()));
  await scene.workbench.stateKept(`box-${SEED.userLogin}`);
}

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

/** Ends the extension host that started last. */
export async function endExtensionHost(bed: TestBed): Promise<void> {
  const started = (await bed.consumerRecords()).findLast((record) => record.event === 'started');
  if (started?.event !== 'started') throw new Error('No extension host has started.');
  const { pid } = started;
  await eventually('the extension host to end', () => !isAlive(pid, 'SIGKILL'));
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
