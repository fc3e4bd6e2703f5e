import * as vscode from 'vscode';
import type { Disposable } from '../../common/emitter';
import type { SessionStore } from '../../sessions/store/sessionStore';
import { isLive } from '../../sessions/store/sessionRecord';

/** Keeps the context keys true by which commands are offered: whether somebody is signed in, whether an account is there. */
export function followContextKeys(store: SessionStore): Disposable {
  return store.onDidChange(() => {
    const sessions = store.known();
    void vscode.commands.executeCommand('setContext', 'box-authentication.signedIn', sessions.some(isLive));
    void vscode.commands.executeCommand('setContext', 'box-authentication.hasAccount', sessions.length > 0);
  });
}
