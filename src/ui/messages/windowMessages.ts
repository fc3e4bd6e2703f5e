import * as vscode from 'vscode';
import type { Settings, SettingsChange } from '../../apps/settings';
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
    damaged.onDidSetAside(() => void tellDamagedSessions(damaged, notifications)),
    storage.onDidFail(
      once(() => {
        void import('./storageMessages').then(({ tellStorageFails }) => tellStorageFails());
      }),
    ),
    storage.onDidStayStale(() => {
      notifications.tellStale();
    }),
    storage.onDidForget(() => {
      void import('./storageMessages').then(({ tellForgotten }) => tellForgotten());
    }),
    settings.onDidChange((isChanged) => void tellWrongSettings(dependencies, isChanged)),
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
export async function tellDamagedSessions(
  damaged: Sessions['damaged'],
  notifications: Pick<Notifications, 'run'>,
): Promise<void> {
  if ((await damaged.all().catch(() => [])).length === 0) return;
  const { showDamagedSessions } = await import('../accounts/damagedSessions');
  await showDamagedSessions(damaged, notifications);
}

async function tellWrongSettings(
  { settings, notifications }: WindowMessagesDependencies,
  isChanged: SettingsChange,
): Promise<void> {
  const { wrongSettings } = await import('../apps/wrongSettings');
  for (const error of wrongSettings(settings, isChanged)) notifications.showError(error);
}

function once<T>(listener: (event: T) => void): (event: T) => void {
  let done = false;
  return (event) => {
    if (!done) listener(event);
    done = true;
  };
}
