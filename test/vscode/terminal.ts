import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { atExit, removeTreeSync } from '../../tools/lib/cleanup';
import { eventually } from './poll';
import type { Workbench } from './workbench';

/** How a command in a terminal ended. */
export interface CommandResult {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A command that was started in a terminal. */
export interface StartedCommand {
  /** Waits until it has ended, for a minute unless told. */
  result(options?: { readonly timeoutMs?: number }): Promise<CommandResult>;
}

/**
 * VS Code's integrated terminals, with a real shell in them. What a command writes is read from files outside of
 * everything that VS Code keeps, so that a search there finds only what VS Code itself has written.
 */
export class Terminals {
  readonly #page: Page;
  #results: Promise<string> | undefined;
  #count = 0;

  constructor(private readonly workbench: Workbench) {
    this.#page = workbench.page;
  }

  /** Opens one of the default profile. */
  async open(): Promise<void> {
    await this.openBy(() => this.workbench.runCommand('Terminal: Create New Terminal'));
  }

  /** Opens one of the default profile, and another in its place until a program is on the `PATH`. */
  async openWith(program: string): Promise<void> {
    await eventually(`${program} on the PATH`, async () => {
      await this.open();
      if ((await this.run(`command -v ${program}`)).exit === 0) return true;
      await this.close();
      return false;
    });
  }

  /** Opens one of an extension's profile beside another, because VS Code does not show a hidden panel for it. */
  async openProfile(name: string, during: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await this.openBy(async () => {
      await this.workbench.runCommand('Create New Terminal (With Profile)');
      await this.workbench.quickInput.pick(name);
      await during();
      await this.#page.locator('.terminal-tabs-entry', { hasText: `${name}: ` }).click();
    });
  }

  /** Does something that opens one, and waits until its shell answers. */
  async openBy(action: () => Promise<void>): Promise<void> {
    await action();
    await eventually('the shell to answer', async () => {
      await this.#page.locator('.terminal-wrapper.active').waitFor();
      const started = await this.start('true');
      return started.result({ timeoutMs: 5000 }).then(
        () => true,
        () => false,
      );
    });
  }

  /** Runs a command in the terminal in front until it ends. */
  async run(command: string): Promise<CommandResult> {
    return (await this.start(command)).result();
  }

  /** Starts a command in the terminal in front. */
  async start(command: string): Promise<StartedCommand> {
    const file = await this.resultFile();
    // What the shell’s integration prints before a command goes to the terminal, as a group in parentheses is one.
    const saved = `( ${command} ) >${file}.out 2>${file}.err; echo $? >${file}.part; mv ${file}.part ${file}.rc`;
    await this.type(`${saved}\n`);
    return {
      result: async ({ timeoutMs = 60_000 } = {}) => {
        await eventually(`the end of ${command}`, () => existsSync(`${file}.rc`), { timeoutMs });
        const read = (ending: string): Promise<string> => readFile(`${file}.${ending}`, 'utf8');
        return { exit: Number(await read('rc')), out: await read('out'), err: await read('err') };
      },
    };
  }

  /** Types into the terminal in front. */
  async type(text: string): Promise<void> {
    await this.#focus();
    const [line = '', ...rest] = text.split('\n');
    // The terminal drops text while it takes a key for held: F1 went down in it, and came up in the palette.
    await this.#page.keyboard.press('Shift');
    await this.#page.keyboard.insertText(line);
    if (rest.length > 0) await this.#page.keyboard.press('Enter');
  }

  /** Presses Ctrl+C in the terminal in front. */
  async interrupt(): Promise<void> {
    await this.#focus();
    await this.#page.keyboard.press('Control+C');
  }

  /** A file that is not there yet, for something that no command of ours writes. */
  async resultFile(): Promise<string> {
    return join(await this.#folder(), String((this.#count += 1)));
  }

  /** Ends all terminals, and removes what their commands wrote. */
  async close(): Promise<void> {
    await this.workbench.runCommand('Terminal: Kill All Terminals');
    if (this.#results !== undefined) await rm(await this.#results, { recursive: true, force: true });
    this.#results = undefined;
  }

  /** A box at the top that is being closed takes the focus to where it was. */
  async #focus(): Promise<void> {
    const active = '.terminal-wrapper.active';
    await this.#page.bringToFront();
    await this.workbench.quickInput.closed();
    await eventually('the terminal to have the focus', async () => {
      const box = await this.#page.locator(active).boundingBox();
      if (box === null) return false;
      await this.#page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await delay(100);
      return this.#page.evaluate<boolean>(`document.activeElement?.closest('${active}') != null`);
    });
  }

  #folder(): Promise<string> {
    this.#results ??= mkdtemp(join(tmpdir(), 'terminal-results-')).then((folder) => {
      atExit(() => {
        removeTreeSync(folder);
      });
      return folder;
    });
    return this.#results;
  }
}
