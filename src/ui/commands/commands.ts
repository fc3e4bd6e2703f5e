import * as vscode from 'vscode';
import type { AccountActions } from '../accounts/accountActions';
import type { GetStarted } from '../signIn/getStarted';
import type { Notifications } from '../messages/notifications';
import type { SignInParts } from '../signIn/signInModule';
import type { TokenActions } from '../tokens/tokenActions';
import { COPY_LINK_COMMAND, PASTE_COMMAND, TROUBLE_COMMAND } from '../signIn/signInLinks';

/** What the commands do. */
export interface CommandDependencies {
  readonly actions: AccountActions;
  readonly tokens: TokenActions;
  /** Loads what it takes to sign in and to configure apps. */
  readonly loadSignIn: () => Promise<SignInParts>;
  readonly getStarted: GetStarted;
  readonly notifications: Notifications;
  readonly log: vscode.LogOutputChannel;
}

/** Registers every command of the manifest, and those behind links. An error of one is shown to the person. */
export function registerCommands(dependencies: CommandDependencies): vscode.Disposable {
  const { actions, tokens, loadSignIn, getStarted, notifications, log } = dependencies;
  const commands: Record<string, (argument: unknown) => unknown> = {
    'box-authentication.signIn': () => actions.signIn(),
    'box-authentication.signOut': (account) => actions.signOut(text(account)),
    'box-authentication.copyAccessToken': (account) => tokens.copyAccessToken(text(account)),
    'box-authentication.copyAccessTokenAs': (account) => tokens.copyAccessTokenAs(text(account)),
    'box-authentication.refreshAccessToken': (account) => tokens.refreshAccessToken(text(account)),
    'box-authentication.revokeTokens': (account) => actions.revokeTokens(text(account)),
    'box-authentication.showAccount': () => actions.showAccount(),
    'box-authentication.createDownscopedToken': (account) => tokens.createDownscopedToken(text(account)),
    'box-authentication.createAnnotatorToken': (account) => tokens.createAnnotatorToken(text(account)),
    'box-authentication.addDeveloperToken': () => tokens.addDeveloperToken(),
    'box-authentication.configureApp': async () => (await loadSignIn()).apps.run(),
    'box-authentication.showLog': () => {
      log.show();
    },
    'box-authentication.copyRedirectUri': (method) => getStarted.copyRedirectUri(method),
    'box-authentication.showRedirectUris': () => getStarted.showRedirectUris(),
    'box-authentication.copyGetSessionCall': () => getStarted.copyCall(),
    [COPY_LINK_COMMAND]: async (number) => (await loadSignIn()).progress.copyLink(number),
    [PASTE_COMMAND]: async (number) => (await loadSignIn()).progress.paste(number),
    [TROUBLE_COMMAND]: async (number) => (await loadSignIn()).progress.showTrouble(number),
  };
  const registrations = Object.entries(commands).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        // Nothing is returned: a command never hands a token to its caller.
        await run(argument);
      } catch (error) {
        log.debug(`${id} ended early: ${String(error)}`);
        if (!notifications.wasTold(error)) notifications.showError(error);
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

function text(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : undefined;
}
