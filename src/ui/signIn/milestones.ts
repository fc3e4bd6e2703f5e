import * as vscode from 'vscode';
import type { Settings } from '../../apps/settings';
import type { Disposable } from '../../common/emitter';
import type { SignOutMarks } from '../../sessions/lifecycle/signOutMarks';

/** What completes a step of the walkthrough `getStarted`: the context key of this name becomes true. */
export type Milestone = 'hasApp' | 'didCopyToken' | 'didOpenTerminal' | 'didCopyCall' | 'didSignOut';

/** Dependencies of {@link followMilestones}. */
export interface MilestonesDependencies {
  readonly settings: Pick<Settings, 'apps' | 'onDidChange'>;
  readonly marks: Pick<SignOutMarks, 'onDidAdd'>;
}

/** Has VS Code complete a step: once that is told, it stays completed. */
export function markMilestone(milestone: Milestone, isReached = true): void {
  void vscode.commands.executeCommand('setContext', `box-authentication.${milestone}`, isReached);
}

/** Completes the steps that no button of the walkthrough completes. */
export function followMilestones({ settings, marks }: MilestonesDependencies): Disposable {
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
    marks.onDidAdd(({ kind }) => {
      if (kind === 'signedOut') markMilestone('didSignOut');
    }),
  ];
  return vscode.Disposable.from(...subscriptions);
}
