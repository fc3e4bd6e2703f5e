import { Scene } from '../e2e/ui/scene';
import { medianActivation, ours, readActivations, type Activation } from './activationTable';
import { atMost, ratio, type Measurement, type Result } from './measurement';

const windows = 7;
const mostToFaster = 1;
const builtIns = ['vscode.github-authentication', 'vscode.microsoft-authentication'] as const;

/** How long our extension and the two built-in authentication extensions take to start, side by side. */
export const activation: Measurement = {
  name: 'activation',
  async run() {
    const samples = new Map<string, Activation[]>();
    for (let window = 0; window < windows; window += 1) {
      const table = await activationsOfNewWindow();
      for (const id of [ours, ...builtIns]) samples.set(id, [...(samples.get(id) ?? []), find(table, id)]);
    }
    return summarize(samples);
  },
};

function summarize(samples: ReadonlyMap<string, readonly Activation[]>): Result {
  const medians = new Map([...samples].map(([id, values]) => [id, medianActivation(values)]));
  const againstFaster = (value: (activation: Activation) => number): number =>
    ratio(value(find(medians, ours)), Math.min(...builtIns.map((id) => value(find(medians, id)))));
  const ratioToFaster = {
    load: againstFaster(({ load }) => load),
    activate: againstFaster(({ activate }) => activate),
    total: againstFaster(({ load, activate }) => load + activate),
  };
  return {
    windows,
    milliseconds: Object.fromEntries(medians),
    ratioToFaster,
    budgets: {
      activate: atMost(mostToFaster, ratioToFaster.activate),
      total: atMost(mostToFaster, ratioToFaster.total),
    },
  };
}

/** Opens a window and wakes the two built-in extensions. */
async function activationsOfNewWindow(): Promise<ReadonlyMap<string, Activation>> {
  const scene = await Scene.open();
  await scene.status.expectText('Box: Sign In');
  await scene.consume('Wake Built-in Providers');
  return readActivations(scene.workbench, [ours, ...builtIns]);
}

function find(table: ReadonlyMap<string, Activation>, id: string): Activation {
  const found = table.get(id);
  if (!found) throw new Error(`VS Code does not list ${id} among its activations.`);
  return found;
}
