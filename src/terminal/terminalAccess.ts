import { delimiter } from 'node:path';
import type * as vscode from 'vscode';
import type { Settings } from '../apps/settings';
import type { Disposable } from '../common/emitter';
import { errorText } from '../common/errorText';
import type { Log } from '../common/log';
import type { AccountReference } from '../sessions/store/sessionSelection';
import { TerminalError } from './errors';
import { VARIABLES } from './protocol';
import type { AccountAccess, TerminalHost } from './terminalHost';

/** Dependencies of {@link TerminalAccess}. */
export interface TerminalAccessDependencies {
  readonly settings: Pick<Settings, 'terminalAccess'>;
  /** The environment of this window’s terminals. */
  readonly environment: () => vscode.EnvironmentVariableCollection;
  /** Whether terminals run on another machine than this extension. */
  readonly isElsewhere: boolean;
  /** The folder of `box-token`. */
  readonly programs: string;
  /** Path of the program that runs Node.js for the launcher. */
  readonly node: string;
  /** Opens what answers programs, when it is first needed. Throws a TerminalError. */
  readonly openHost: () => Promise<TerminalHost>;
  /** What VS Code says of the environment of terminals, as Markdown. */
  readonly description: string;
  readonly log: Log;
}

/** Access to Box for programs in terminals: in all of them while the setting is on, else in those opened for an account. */
export class TerminalAccess implements Disposable {
  private opening: Promise<TerminalHost> | undefined;
  private host: TerminalHost | undefined;
  private isInEnvironment = false;

  constructor(private readonly dependencies: TerminalAccessDependencies) {}

  /** @throws TerminalError where terminals run on another machine, so that none can have access */
  ensureHere(): void {
    if (this.dependencies.isElsewhere) throw new TerminalError('other_machine');
  }

  /**
   * What a terminal is opened with whose programs may have tokens of an account, as the person wants it.
   * @param isGranted whether opening it is the consent; if not, the person is asked as for any terminal.
   * @throws TerminalError where it cannot be had
   */
  async terminalFor(
    { id }: AccountReference,
    isGranted = true,
  ): Promise<Pick<vscode.TerminalOptions, 'env' | 'isTransient'>> {
    const { programs, node } = this.dependencies;
    this.ensureHere();
    const host = await this.loadHost();
    return {
      env: {
        [VARIABLES.address]: host.addressOfWindow,
        [VARIABLES.terminalKey]: isGranted ? host.keyFor(id) : host.keyToAskWith(),
        [VARIABLES.node]: node,
        PATH: `${programs}${delimiter}\${env:PATH}`,
      },
      isTransient: true,
    };
  }

  /** What programs may do with an account; undefined where none could ask so far. */
  accessTo(accountId: string): AccountAccess | undefined {
    return this.host?.accessTo(accountId);
  }

  /** Asks the person again about what was denied of an account. */
  askAgain(accountId: string): void {
    this.host?.askAgain(accountId);
  }

  /** Programs in the terminals that are open now get nothing any more. */
  stop(): void {
    this.host?.stop();
    void this.follow();
  }

  dispose(): void {
    void this.opening?.then((host) => {
      host.dispose();
    });
  }

  /** Gives terminals what the setting says that they have. */
  async follow(): Promise<void> {
    const { settings, isElsewhere, log } = this.dependencies;
    const isWanted = (): boolean => settings.terminalAccess() && !isElsewhere;
    if (!isWanted()) {
      this.host?.dropWindowKey();
      if (this.isInEnvironment) this.dependencies.environment().clear();
      this.isInEnvironment = false;
      return;
    }
    try {
      const host = await this.loadHost();
      if (isWanted()) this.offer(host);
    } catch (error) {
      log.error(`Terminals have no access to Box: ${errorText(error)}`);
    }
  }

  /** Without persistence: the key is of this extension host alone. */
  private offer(host: TerminalHost): void {
    const { programs, node } = this.dependencies;
    const environment = this.dependencies.environment();
    environment.persistent = false;
    environment.description = this.dependencies.description;
    environment.replace(VARIABLES.address, host.addressOfWindow);
    environment.replace(VARIABLES.key, host.keyOfWindow());
    environment.replace(VARIABLES.node, node);
    environment.prepend('PATH', `${programs}${delimiter}`, {
      applyAtProcessCreation: true,
      applyAtShellIntegration: true,
    });
    this.isInEnvironment = true;
  }

  private loadHost(): Promise<TerminalHost> {
    this.opening ??= this.openHost().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async openHost(): Promise<TerminalHost> {
    return (this.host = await this.dependencies.openHost());
  }
}
