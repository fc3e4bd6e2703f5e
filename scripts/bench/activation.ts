import { Scene } from '../../test/e2e/ui/scene';
import { eventually } from '../../test/vscode/poll';
import type { Workbench } from '../../test/vscode/workbench';
import { median, ratio, type Measurement } from './measurement';

const windows = 7;
const ours = 'vscode-box.box-authentication';
const builtIns = ['vscode.github-authentication', 'vscode.microsoft-authentication'] as const;

/** What VS Code says about one activation, in milliseconds. */
interface Activation {
  /** Reading and evaluating the bundle. */
  readonly load: number;
  /** Calling `activate()`, until the promise that it returned is settled. */
  readonly activate: number;
}

/** How long our extension and the two built-in authentication extensions take to start, side by side. */
export const activation: Measurement = {
  name: 'activation',
  async run() {
    const samples = new Map<string, Activation[]>();
    for (let window = 0; window < windows; window += 1) {
      const table = await readActivations();
      for (const id of [ours, ...builtIns]) samples.set(id, [...(samples.get(id) ?? []), find(table, id)]);
    }
    return summarize(samples);
  },
};

function summarize(samples: ReadonlyMap<string, readonly Activation[]>): unknown {
  const medians = new Map([...samples].map(([id, values]) => [id, medianOf(values)]));
  const of = (id: string, value: (activation: Activation) => number): number => {
    const found = medians.get(id);
    return found ? value(found) : Number.NaN;
  };
  const againstFaster = (value: (activation: Activation) => number): number =>
    ratio(of(ours, value), Math.min(...builtIns.map((id) => of(id, value))));
  return {
    windows,
    milliseconds: Object.fromEntries(medians),
    ratioToFaster: {
      load: againstFaster(({ load }) => load),
      activate: againstFaster(({ activate }) => activate),
      total: againstFaster(({ load, activate }) => load + activate),
    },
  };
}

function medianOf(values: readonly Activation[]): Activation {
  return {
    load: median(values.map(({ load }) => load)),
    activate: median(values.map(({ activate }) => activate)),
  };
}

/** Opens a window, wakes the two built-in extensions, and reads VS Code's own table of activation times. */
async function readActivations(): Promise<ReadonlyMap<string, Activation>> {
  const scene = await Scene.open();
  await scene.status.expectText('Box: Sign In');
  await scene.consume('Wake Built-in Providers');
  await scene.workbench.runCommand('Developer: Startup Performance');
  return eventually('the activation times', async () => {
    const table = parse(await copyEditor(scene.workbench));
    return [ours, ...builtIns].every((id) => table.has(id)) && table;
  });
}

async function copyEditor(workbench: Workbench): Promise<string> {
  await workbench.page.locator('.editor-instance .view-lines').first().click();
  await workbench.page.keyboard.press('ControlOrMeta+A');
  await workbench.page.keyboard.press('ControlOrMeta+C');
  return workbench.clipboard();
}

function parse(text: string): ReadonlyMap<string, Activation> {
  const [, table = ''] = text.split('## Extension Activation Stats');
  const rows = (table.split('\n## ')[0] ?? '')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    rows.map(([, id = '', , load, call, finish]) => [
      id,
      { load: Number(load), activate: Number(call) + Number(finish) },
    ]),
  );
}

function find(table: ReadonlyMap<string, Activation>, id: string): Activation {
  const found = table.get(id);
  if (!found) throw new Error(`VS Code does not list ${id} among its activations.`);
  return found;
}
