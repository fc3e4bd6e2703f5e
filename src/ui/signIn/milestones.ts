import * as vscode from 'vscode';
import type { Settings } from '../../apps/settings';
import type { Disposable, Event } from '../../common/emitter';

/** What completes a step of the walkthrough `getStarted`: the context key of this name becomes true. */
export type Milestone = 'hasApp' | 'didCopyToken' | 'didOpenTerminal' | 'didCopyCall' | 'didSignOut';

/** Dependencies of {@link followMilestones}. */
export interface MilestonesDependencies {
  readonly settings: Pick<Settings, 'apps' | 'onDidChange'>;
  /** Fires when somebody signed an account out, here or in the Accounts menu. */
  readonly onDidSignOut: Event<unknown>;
}

/** Has VS Code complete a step: once that is told, it stays completed. */
export function markMilestone(milestone: Milestone, isReached = true): void {
  void vscode.commands.executeCommand('setContext', `box-authentication.${milestone}`, isReached);
}

/** Completes the steps that no button of the walkthrough completes. */
export function followMilestones({ settings, onDidSignOut }: MilestonesDependencies): Disposable {
  const hasApp = (): boolean => {
    try {
      return settings.apps().length > 0;
    } catch {
      return false;
    }
  };
  if (hasApp()) markMilestone('hasApp');
  const subscriptions = [
    settings.onDidChange((isChanged) => {
      if (isChanged('apps')) markMilestone('hasApp', hasApp());
    }),
    onDidSignOut(() => {
      markMilestone('didSignOut');
    }),
  ];
  return vscode.Disposable.from(...subscriptions);
}
