import * as vscode from 'vscode';
import { fullName, SECTION, type Settings } from '../apps/settings';
import type { Log } from '../log';
import type { ProactiveRefresher } from '../sessions/proactiveRefresher';
import type { RefreshBackoff } from '../sessions/refreshBackoff';
import type { RevocationRetrier } from '../sessions/revocationRetrier';
import type { SessionBook } from '../sessions/sessionBook';
import { isLive } from '../sessions/sessionRecord';
import type { TokenRefresher } from '../sessions/tokenRefresher';
import type { SharedSecrets } from '../storage/sharedSecrets';
import type { AccountActions } from './accountActions';
import { messageFor } from './messages';
import type { Notifications } from './notifications';
import type { AccountStatusBarItem } from './statusBar';
import { wrongSettings } from './wrongSettings';

/** What is watched, and who is told. */
export interface WatchDependencies {
  readonly secrets: SharedSecrets;
  readonly book: SessionBook;
  readonly refresher: TokenRefresher;
  readonly backoff: RefreshBackoff;
  readonly proactive: ProactiveRefresher;
  readonly retrier: RevocationRetrier;
  readonly settings: Settings;
  readonly statusBar: Pick<AccountStatusBarItem, 'update'>;
  readonly actions: Pick<AccountActions, 'offerSignIn'>;
  readonly notifications: Notifications;
  readonly log: Log;
}

/** Keeps what is shown in step with what is stored and set, and reads the stored sessions for the first time. */
export function watchWindow(dependencies: WatchDependencies): vscode.Disposable {
  const { secrets, book, refresher, backoff, proactive, retrier } = dependencies;
  const { settings, statusBar, actions, notifications, log } = dependencies;
  const subscriptions = [
    secrets.onDidChange(({ key }) => {
      if (key.startsWith('app/')) {
        backoff.reset();
        retrier.begin();
      }
      if (key.startsWith('revocation/')) retrier.begin();
      void book.secretChanged(key);
    }),
    secrets.onDidFail(once(() => void tellStorageFails())),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (!focused) return;
      backoff.reset();
      proactive.resume();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(SECTION)) return;
      book.originsChanged();
      for (const error of wrongSettings(settings, (name) => event.affectsConfiguration(fullName(name)))) {
        notifications.showError(error);
      }
    }),
    book.onDidChange(() => {
      setContextKeys(book);
    }),
    refresher.onDidEnd((error) => {
      const { session } = error;
      // Whoever added a developer token was told its end; the status bar shows the rest.
      if (session === undefined || session.ended === 'expired') return;
      notifications.markTold(error);
      void actions.offerSignIn(session.account, messageFor(error).text);
    }),
  ];
  secrets
    .follow()
    .then(() => book.load())
    .catch((error: unknown) => {
      log.error(`Cannot read what is stored: ${String(error)}`);
      notifications.explain(error);
    })
    .finally(() => {
      statusBar.update();
    });
  return vscode.Disposable.from(...subscriptions);
}

function setContextKeys(book: SessionBook): void {
  const sessions = book.known();
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

const KEYRING_HELP =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

function once<T>(listener: (event: T) => void): (event: T) => void {
  let done = false;
  return (event) => {
    if (!done) listener(event);
    done = true;
  };
}
