import * as vscode from 'vscode';
import type { LiveSession } from '../../sessions/store/sessionRecord';
import type { Terminal } from '../../terminal/module';
import type { AccountChooser } from '../accounts/accountChooser';
import { markMilestone } from '../signIn/milestones';
import { plainText } from '../messages/userMessage';

/** Opens terminals in which `box-token` gives tokens of the account that the person chooses. */
export class BoxTerminals {
  constructor(
    private readonly terminal: Terminal,
    private readonly accounts: AccountChooser,
  ) {}

  /** Opens one, for an account that is named or chosen. @throws TerminalError, SessionError */
  async open(accountId?: string): Promise<void> {
    const session = await this.choose(accountId);
    if (session === undefined) return;
    vscode.window.createTerminal(await this.options(session)).show();
    markMilestone('didOpenTerminal');
  }

  /** What VS Code opens one with that was chosen by its profile. @throws TerminalError, SessionError */
  async profile(): Promise<vscode.TerminalProfile | undefined> {
    const session = await this.choose();
    return session && new vscode.TerminalProfile(await this.options(session, !isDefaultOfWorkspace()));
  }

  private async choose(accountId?: string): Promise<LiveSession | undefined> {
    (await this.terminal.load()).ensureHere();
    return this.accounts.pickLive(
      vscode.l10n.t('Choose the account that programs in the terminal may use'),
      accountId,
    );
  }

  /** @param isChosen whether the person chose to open it, which is the consent for the account. */
  private async options({ account }: LiveSession, isChosen = true): Promise<vscode.TerminalOptions> {
    return {
      name: vscode.l10n.t('Box: {0}', plainText(account.label)),
      iconPath: new vscode.ThemeIcon('terminal'),
      ...(await (await this.terminal.load()).terminalFor(account, isChosen)),
    };
  }
}

/** Whether the workspace makes a profile the default one: then terminals of it open that the person chose nothing about. */
function isDefaultOfWorkspace(): boolean {
  const defaults = vscode.workspace.getConfiguration('terminal.integrated.defaultProfile');
  return ['linux', 'osx', 'windows'].some((system) => {
    const { workspaceValue, workspaceFolderValue } = defaults.inspect<string | null>(system) ?? {};
    return (workspaceFolderValue ?? workspaceValue ?? undefined) !== undefined;
  });
}
