import * as vscode from 'vscode';
import { wrongSettings } from '../apps/wrongSettings';
import type { Settings } from '../../apps/settings';
import type { Sessions } from '../../sessions/module';
import type { SessionError } from '../../sessions/errors';
import type { Storage } from '../../storage/module';
import type { Notifications } from './notifications';

/** Dependencies of {@link watchWindow}. */
export interface WindowMessagesDependencies {
  readonly storage: Pick<Storage, 'onDidFail' | 'onDidStayStale' | 'onDidForget'>;
  readonly sessions: Pick<Sessions, 'refresher' | 'damaged'>;
  readonly settings: Settings;
  readonly notifications: Notifications;
  /** Tells that an account needs a new sign-in, with the reason, and offers it. */
  readonly offerSignIn: (ended: NonNullable<SessionError['session']>, reason: SessionError) => Promise<void>;
}

/** Tells the person what happens without a command: storage that fails, sessions that end, wrong settings. */
export function watchWindow(dependencies: WindowMessagesDependencies): vscode.Disposable {
  const { storage, sessions, settings, notifications, offerSignIn } = dependencies;
  const { refresher, damaged } = sessions;
  return vscode.Disposable.from(
    damaged.onDidSetAside(() => void tellDamagedSessions(damaged)),
    storage.onDidFail(once(() => void tellStorageFails())),
    storage.onDidStayStale(() => {
      notifications.tellStale();
    }),
    storage.onDidForget(() => void tellForgotten()),
    settings.onDidChange((isChanged) => {
      for (const error of wrongSettings(settings, isChanged)) notifications.showError(error);
    }),
    refresher.onDidEnd((error) => {
      const { session } = error;
      // Whoever added a developer token was told its end; the status bar shows the rest.
      if (session === undefined || session.ended === 'expired') return;
      notifications.markTold(error);
      void offerSignIn(session, error);
    }),
  );
}

/** Tells of sessions that were set aside because they cannot be read, where there are some. */
export async function tellDamagedSessions(damaged: Sessions['damaged']): Promise<void> {
  if ((await damaged.all().catch(() => [])).length === 0) return;
  const { showDamagedSessions } = await import('../accounts/damagedSessions');
  await showDamagedSessions(damaged);
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
