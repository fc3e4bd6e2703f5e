import * as vscode from 'vscode';
import { fullName, SECTION, type Settings } from '../apps/settings';
import type { Log } from '../common/log';
import type { Sessions } from '../sessions/module';
import type { SessionStore } from '../sessions/store/sessionStore';
import { isLive } from '../sessions/store/sessionRecord';
import type { Storage } from '../storage/module';
import type { AccountActions } from './accounts/accountActions';
import { messageFor } from './messages/messages';
import type { Notifications } from './messages/notifications';
import type { AccountStatusBarItem } from './accounts/statusBar';
import { wrongSettings } from './apps/wrongSettings';

/** What is watched, and who is told. */
export interface WatchDependencies {
  readonly storage: Pick<Storage, 'onDidFail' | 'onDidGoStale' | 'onDidForget'>;
  readonly sessions: Pick<Sessions, 'begin' | 'store' | 'refresher' | 'backoff' | 'proactive' | 'damaged'>;
  readonly settings: Settings;
  readonly statusBar: Pick<AccountStatusBarItem, 'update'>;
  readonly actions: Pick<AccountActions, 'offerSignIn'>;
  readonly notifications: Notifications;
  readonly log: Log;
}

/** Keeps what is shown in step with what is stored and set, and begins to read what is stored. */
export function watchWindow(dependencies: WatchDependencies): vscode.Disposable {
  const { storage, sessions, settings, statusBar, actions, notifications, log } = dependencies;
  const { store, refresher, backoff, proactive } = sessions;
  const { damaged } = sessions;
  const tellDamaged = async (): Promise<void> => {
    if ((await damaged.all().catch(() => [])).length === 0) return;
    const { showDamagedSessions } = await import('./accounts/damagedSessions');
    await showDamagedSessions(damaged);
  };
  const subscriptions = [
    damaged.onDidSetAside(() => void tellDamaged()),
    storage.onDidFail(once(() => void tellStorageFails())),
    storage.onDidGoStale(() => {
      notifications.tellStale();
    }),
    storage.onDidForget(() => void tellForgotten()),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      backoff.reset();
      proactive.resume();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(SECTION)) return;
      store.originsChanged();
      for (const error of wrongSettings(settings, (name) => event.affectsConfiguration(fullName(name)))) {
        notifications.showError(error);
      }
    }),
    store.onDidChange(() => {
      setContextKeys(store);
    }),
    refresher.onDidEnd((error) => {
      const { session } = error;
      // Whoever added a developer token was told its end; the status bar shows the rest.
      if (session === undefined || session.ended === 'expired') return;
      notifications.markTold(error);
      void actions.offerSignIn(session.account, messageFor(error).text);
    }),
  ];
  sessions
    .begin()
    .then(() => void tellDamaged())
    .catch((error: unknown) => {
      log.error(`Cannot read what is stored: ${String(error)}`);
      notifications.report(error);
    })
    .finally(() => {
      statusBar.update();
    });
  return vscode.Disposable.from(...subscriptions);
}

function setContextKeys(store: SessionStore): void {
  const sessions = store.known();
  void vscode.commands.executeCommand('setContext', 'box-authentication.signedIn', sessions.some(isLive));
  void vscode.commands.executeCommand('setContext', 'box-authentication.hasAccount', sessions.length > 0);
}

async function tellStorageFails(): Promise<void> {
  const help = vscode.l10n.t('Open VS Code help');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The secret storage of {0} does not work here, so the Box session lasts only as long as this window. Unlock or install a keyring, then sign in again.',
      vscode.env.appName,
    ),
    help,
  );
  if (answer === help) await vscode.env.openExternal(vscode.Uri.parse(KEYRING_HELP));
}

async function tellForgotten(): Promise<void> {
  const signIn = vscode.l10n.t('Sign In');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'This browser has no Box sessions, although there were some on this server. {0} keeps them in the browser: another browser, a private window, or cleared site data start without them. Sign in again to go on.',
      vscode.env.appName,
    ),
    signIn,
  );
  if (answer === signIn) await vscode.commands.executeCommand('box-authentication.signIn');
}

const KEYRING_HELP =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

function once<T>(listener: (event: T) => void): (event: T) => void {
  let done = false;
  return (event) => {
    if (!done) listener(event);
    done = true;
  };
}
