import { writeFile } from 'node:fs/promises';
import { Scene } from '../e2e/ui/scene';
import { atMost, median, ratio, round, type Measurement } from './measurement';

const mostToNode = 2;
const rounds = 30;

/** Runs both programs in turn, and prints how long each took, in ms. */
const program = `
import { spawnSync } from 'node:child_process';
const time = (command, args) => {
  const start = performance.now();
  if (spawnSync(command, args).status !== 0) throw new Error(command + ' failed');
  return performance.now() - start;
};
const times = { boxToken: [], node: [] };
for (let round = 0; round < ${rounds}; round += 1) {
  times.boxToken.push(time('box-token', []));
  times.node.push(time(process.execPath, ['-e', '0']));
}
console.log(JSON.stringify(times));
`;

/** How long box-token takes with a live token, beside the start of the Node.js that runs it, in a real terminal. */
export const tokenInTerminal: Measurement = {
  name: 'boxToken',
  async run() {
    const scene = await Scene.openSignedIn({ settings: { 'box-authentication.terminalAccess': true } });
    const { terminals, dialog } = scene.workbench;
    await terminals.openWith('box-token');
    const allowed = await terminals.start('box-token');
    await dialog.answer(/Allow/, 'Allow in This Window');
    await allowed.result();
    const file = `${await terminals.resultFile()}.mjs`;
    await writeFile(file, program);
    const { out, err } = await terminals.run(`"$BOX_TOKEN_NODE" ${file}`);
    if (out === '') throw new Error(err);
    const times = JSON.parse(out) as Readonly<Record<'boxToken' | 'node', readonly number[]>>;
    const [boxToken, node] = [median(times.boxToken), median(times.node)];
    const toNode = ratio(boxToken, node);
    return {
      rounds,
      milliseconds: { boxToken: round(boxToken), node: round(node) },
      toNode,
      budgets: { toNode: atMost(mostToNode, toNode) },
    };
  },
};
