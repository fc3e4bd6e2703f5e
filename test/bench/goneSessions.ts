import { EmulatedBox } from '../unit/support/emulatedBox';
import { SessionWindow, SharedMachine } from '../unit/support/sessionWindow';
import { atMost, median, ratio, round, type Measurement, type Result } from './measurement';

const gone = 2000;
const rounds = 25;
const goneToNone = 1.2;

/** A machine on which one session is stored. */
interface Lived {
  readonly machine: SharedMachine;
  readonly starts: number[];
  readonly stores: number[];
}

/**
 * What sessions that came and went still cost: the start of a window, until it knows its session, and one store. Runs
 * the extension's storage and sessions in this process, with real files and the emulator, without VS Code.
 */
export const goneSessions: Measurement = {
  name: 'goneSessions',
  async run() {
    const box = new EmulatedBox();
    await box.start();
    const [none, many] = [await live(box, 0), await live(box, gone)];
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const each of [none, many]) await measure(box, each);
      }
      return report(none, many);
    } finally {
      for (const { machine } of [none, many]) machine.remove();
      await box.stop();
    }
  },
};

/** Lets sessions come and go, and then one stay. */
async function live(box: EmulatedBox, count: number): Promise<Lived> {
  const machine = new SharedMachine();
  const window = new SessionWindow(box, machine);
  await window.configureApp();
  for (let number = 0; number < count; number += 1) {
    const { id } = await window.signIn();
    await window.signOut.run(id);
  }
  await window.signIn();
  await window.signOut.idle();
  await window.sessions.idle();
  window.dispose();
  return { machine, starts: [], stores: [] };
}

async function measure(box: EmulatedBox, { machine, starts, stores }: Lived): Promise<void> {
  const began = performance.now();
  const window = new SessionWindow(box, machine);
  await window.store.load();
  const loaded = performance.now();
  await window.configureApp(`secret ${String(starts.length)}`);
  stores.push(performance.now() - loaded);
  starts.push(loaded - began);
  if (window.store.known().length !== 1) throw new Error('The session that stays is not there.');
  window.dispose();
}

function report(none: Lived, many: Lived): Result {
  const startMs = { none: median(none.starts), gone: median(many.starts) };
  const storeMs = { none: median(none.stores), gone: median(many.stores) };
  return {
    sessions: gone,
    startMs: { none: round(startMs.none), gone: round(startMs.gone) },
    storeMs: { none: round(storeMs.none), gone: round(storeMs.gone) },
    budgets: {
      start: atMost(goneToNone, ratio(startMs.gone, startMs.none)),
      store: atMost(goneToNone, ratio(storeMs.gone, storeMs.none)),
    },
  };
}
