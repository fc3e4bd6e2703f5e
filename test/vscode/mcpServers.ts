import type { Locator, Page } from 'playwright-core';
import { eventually } from './poll';
import type { Workbench } from './workbench';

/** Settings with which VS Code has MCP servers: they are among its AI features. */
export const mcpSettings = { 'chat.disableAIFeatures': false };

/** VS Code's own handling of MCP servers, as a person meets it. */
export class McpServers {
  readonly #dialog: Locator;

  constructor(
    private readonly workbench: Workbench,
    private readonly page: Page = workbench.page,
  ) {
    this.#dialog = page.locator('.monaco-dialog-box');
  }

  /** The rows of `MCP: List Servers`, as read aloud: name, state and where it comes from. */
  async list(): Promise<readonly string[]> {
    const { quickInput } = this.workbench;
    await eventually('the list of MCP servers', () => this.openList());
    const [, ...servers] = await quickInput.rowTexts();
    await this.page.keyboard.press('Escape');
    await quickInput.closed();
    return servers;
  }

  /** VS Code closes the list when a server goes meanwhile, whose output it shows: the output then takes the focus. */
  private async openList(): Promise<boolean> {
    await this.workbench.runCommand('MCP: List Servers');
    const shown = this.workbench.quickInput.row('Add Server').waitFor({ timeout: 3000 });
    return shown.then(
      () => true,
      () => false,
    );
  }

  /** Waits until the list is as expected; for one server, until its row contains the text. */
  async expect(state: string | readonly []): Promise<void> {
    await eventually(`the MCP servers to be ${String(state)}`, async () => {
      const servers = await this.list();
      return typeof state === 'string'
        ? servers.some((server) => server.includes(state))
        : servers.length === 0;
    });
  }

  /** Chooses what to do with a server. */
  async choose(server: string, action: string): Promise<void> {
    const { quickInput } = this.workbench;
    await this.workbench.runCommand('MCP: List Servers');
    await quickInput.pick(server);
    await quickInput.pick(action);
  }

  /** Has all servers asked for their resources, which starts them where they do not run. */
  async askForResources(): Promise<void> {
    await this.workbench.runCommand('MCP: Browse Resources...');
  }

  /** Asks for the resources and waits until one is there. */
  async browse(resource: string): Promise<void> {
    await this.askForResources();
    await this.workbench.quickInput.row(resource).waitFor();
    await this.workbench.quickInput.cancel();
    await this.workbench.quickInput.closed();
  }

  /**
   * Gives up VS Code's own sign-in to a server, until something has come to pass. It asks for each request that was
   * refused, more than once, in a dialog and then in a box for a client ID.
   */
  async giveUpSignIn(until: () => boolean): Promise<void> {
    await eventually('VS Code to give up', async () => {
      const details = this.workbench.quickInput.root.filter({ hasText: 'Add Client Registration Details' });
      if (await this.#dialog.isVisible()) await this.#dialog.getByText('Cancel', { exact: true }).click();
      else if (await details.isVisible()) await this.page.keyboard.press('Escape');
      else return until();
      return false;
    });
  }
}
