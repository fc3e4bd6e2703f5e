import * as vscode from 'vscode';
import type { Log } from '../../common/log';
import type { BoxAuthenticationProvider } from '../../provider/authenticationProvider';

/** Dependencies of {@link tellProviderConflict}. */
export interface ProviderConflictDependencies {
  readonly provider: BoxAuthenticationProvider;
  readonly providerId: string;
  /** This extension. */
  readonly extension: vscode.Extension<unknown>;
  /** Remembers over windows that the person was told. */
  readonly memory: vscode.Memento;
  readonly log: Log;
}

const TOLD_KEY = 'providerConflictTold';

/**
 * Finds out whether another extension holds the provider id, which VS Code keeps to itself: it is asked for accounts,
 * and asks whoever holds the id. If that is not us the person is told, once; the commands work all the same.
 */
export async function tellProviderConflict(dependencies: ProviderConflictDependencies): Promise<void> {
  const { provider, providerId, extension, memory, log } = dependencies;
  await vscode.authentication.getAccounts(providerId);
  const wasTold = memory.get(TOLD_KEY) === true;
  if (provider.wasAsked) {
    if (wasTold) await memory.update(TOLD_KEY, undefined);
    return;
  }
  if (wasTold) return;
  await memory.update(TOLD_KEY, true);
  const rival = rivalOf(extension, providerId);
  log.warn(`Another extension provides the accounts of Box: ${rival ?? 'its manifest does not say so'}`);
  await showConflict(rival);
}

async function showConflict(rival: string | undefined): Promise<void> {
  const what =
    rival === undefined
      ? vscode.l10n.t('Another extension already provides Box accounts.')
      : vscode.l10n.t('Another extension, {0}, already provides Box accounts.', rival);
  const next = vscode.l10n.t(
    'Extensions get their Box sessions from it. The Box commands here still work. To use Box Authentication instead, disable the other extension and reload the window.',
  );
  const show = vscode.l10n.t('Show Extensions');
  const answer = await vscode.window.showWarningMessage(`${what} ${next}`, show);
  if (answer === show) await vscode.commands.executeCommand('workbench.view.extensions');
}

/** The extension whose manifest declares the provider; one that registers without declaring is not found. */
function rivalOf(extension: vscode.Extension<unknown>, providerId: string): string | undefined {
  return vscode.extensions.all.find(
    ({ id, packageJSON }) => id !== extension.id && declares(packageJSON, providerId),
  )?.id;
}

function declares(manifest: unknown, providerId: string): boolean {
  const { contributes } = manifest as { contributes?: { authentication?: readonly { id?: unknown }[] } };
  return contributes?.authentication?.some(({ id }) => id === providerId) ?? false;
}
