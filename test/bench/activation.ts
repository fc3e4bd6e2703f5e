import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { harness } from '../e2e/harness';
import { Scene } from '../e2e/ui/scene';
import { medianActivation, ours, readActivations, type Activation } from './activationTable';
import { atMost, percentile, ratio, type Measurement, type Result } from './measurement';

const mostToFaster = 1;
const builtIns = ['vscode.github-authentication', 'vscode.microsoft-authentication'] as const;
const [gitHub, microsoft] = builtIns;
/** What is loaded first pays for what the others need too: each order comes as often as any other. */
const orders = [
  [ours, gitHub, microsoft],
  [gitHub, microsoft, ours],
  [microsoft, ours, gitHub],
  [ours, microsoft, gitHub],
  [microsoft, gitHub, ours],
  [gitHub, ours, microsoft],
] as const;
const rounds = 3;

/** How long our extension and the two built-in authentication extensions take to start, side by side, in every order. */
export const activation: Measurement = {
  name: 'activation',
  async run() {
    const samples = new Map<string, Activation[]>();
    for (const order of Array.from({ length: rounds }, () => orders).flat()) {
      const table = await activationsOfNewWindow(order);
      for (const id of order) samples.set(id, [...(samples.get(id) ?? []), find(table, id)]);
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
    windows: samples.get(ours)?.length ?? 0,
    milliseconds: Object.fromEntries(medians),
    spreadOfTotal: Object.fromEntries([...samples].map(([id, values]) => [id, spreadOfTotal(values)])),
    ratioToFaster,
    budgets: {
      activate: atMost(mostToFaster, ratioToFaster.activate),
      total: atMost(mostToFaster, ratioToFaster.total),
    },
  };
}

/** The least, the quartiles and the most of loading and activating together, in milliseconds. */
function spreadOfTotal(values: readonly Activation[]): readonly number[] {
  const totals = values.map(({ load, activate }) => load + activate);
  return [Math.min(...totals), ...[25, 50, 75, 100].map((percent) => percentile(percent, totals))];
}

/** Opens a window in which the extensions are activated one after the other. */
async function activationsOfNewWindow(order: readonly string[]): Promise<ReadonlyMap<string, Activation>> {
  const { server } = await harness().bed(['consumer']);
  const file = join(server.directories.workspace, '.wake');
  await writeFile(file, JSON.stringify(order));
  try {
    const scene = await Scene.open();
    await scene.status.expectText('Box: Sign In');
    return await readActivations(scene.workbench, order);
  } finally {
    await rm(file);
  }
}

function find(table: ReadonlyMap<string, Activation>, id: string): Activation {
  const found = table.get(id);
  if (!found) throw new Error(`VS Code does not list ${id} among its activations.`);
  return found;
}
