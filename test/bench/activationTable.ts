import { eventually } from '../vscode/poll';
import type { Workbench } from '../vscode/workbench';
import { median } from './measurement';

/** The extension that is measured. */
export const ours = 'vscode-box.box-authentication';

/** What VS Code says about one activation, in milliseconds. */
export interface Activation {
  /** Reading and evaluating the bundle. */
  readonly load: number;
  /** Calling `activate()`, until the promise that it returned is settled. */
  readonly activate: number;
}

/** Reads VS Code's own table of activation times for some extensions, once it lists them all. */
export async function readActivations(
  workbench: Workbench,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Activation>> {
  await workbench.runCommand('Developer: Startup Performance');
  return eventually('the activation times', async () => {
    const table = parse(await copyEditor(workbench));
    return ids.every((id) => table.has(id)) && table;
  });
}

/** The median of each time by itself. */
export function medianActivation(activations: readonly Activation[]): Activation {
  return {
    load: median(activations.map(({ load }) => load)),
    activate: median(activations.map(({ activate }) => activate)),
  };
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
