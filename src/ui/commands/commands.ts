import * as vscode from 'vscode';
import type { AccountActions } from '../accounts/accountActions';
import type { GetStarted } from '../signIn/getStarted';
import type { Notifications } from '../messages/notifications';
import type { Actions } from './module';
import type { CheckCommand } from '../check/checkCommand';
import type { SignInParts } from '../signIn/module';
import type { TokenActions } from '../tokens/tokenActions';
import { COPY_LINK_COMMAND, PASTE_COMMAND, TROUBLE_COMMAND } from '../links';

/** What the commands do. */
export interface CommandDependencies {
  /** Loads what the commands do. */
  readonly loadActions: () => Promise<Actions>;
  /** Loads what it takes to sign in and to configure apps. */
  readonly loadSignIn: () => Promise<SignInParts>;
  /** Loads what checks an app. */
  readonly loadCheck: () => Promise<CheckCommand>;
  readonly notifications: Notifications;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Registers every command of the manifest, and those behind links. An error of one is shown to the person. None takes an
 * account or a token from its caller, which any extension may be.
 */
export function registerCommands(dependencies: CommandDependencies): vscode.Disposable {
  const { loadActions, loadSignIn, loadCheck, notifications, log } = dependencies;
  const accounts = async (): Promise<AccountActions> => (await loadActions()).accounts;
  const tokens = async (): Promise<TokenActions> => (await loadActions()).tokens;
  const getStarted = async (): Promise<GetStarted> => (await loadActions()).getStarted;
  const commands: Record<string, (argument: unknown) => unknown> = {
    'box-authentication.signIn': async () => (await accounts()).signIn(),
    'box-authentication.signOut': async () => (await accounts()).signOut(),
    'box-authentication.copyAccessToken': async () => (await tokens()).copyAccessToken(),
    'box-authentication.copyAccessTokenAs': async () => (await tokens()).copyAccessTokenAs(),
    'box-authentication.refreshAccessToken': async () => (await tokens()).refreshAccessToken(),
    'box-authentication.revokeTokens': async () => (await accounts()).revokeTokens(),
    'box-authentication.showAccount': async () => (await accounts()).showAccount(),
    'box-authentication.createDownscopedToken': async () => (await tokens()).createDownscopedToken(),
    'box-authentication.createAnnotatorToken': async () => (await tokens()).createAnnotatorToken(),
    'box-authentication.addDeveloperToken': async () => (await tokens()).addDeveloperToken(),
    'box-authentication.openTerminal': async () => (await loadActions()).terminals.open(),
    'box-authentication.configureApp': async () => (await loadSignIn()).apps.run(),
    'box-authentication.checkApp': async (appName) => (await loadCheck()).run(appName),
    'box-authentication.copyReport': async () => (await loadCheck()).copyReport(),
    'box-authentication.showLog': () => {
      log.show();
    },
    'box-authentication.copyRedirectUri': async (method) => (await getStarted()).copyRedirectUri(method),
    'box-authentication.showRedirectUris': async (sent) => (await getStarted()).showRedirectUris(sent),
    'box-authentication.copyGetSessionCall': async () => (await getStarted()).copyCall(),
    [COPY_LINK_COMMAND]: async (number) => (await loadSignIn()).progress.copyLink(number),
    [PASTE_COMMAND]: async (number) => (await loadSignIn()).progress.paste(number),
    [TROUBLE_COMMAND]: async (number) => (await loadSignIn()).progress.showTrouble(number),
  };
  const registrations = Object.entries(commands).map(([id, run]) =>
    // Nothing is returned: a command never hands a token to its caller.
    vscode.commands.registerCommand(id, (argument: unknown) => notifications.run(id, () => run(argument))),
  );
  return vscode.Disposable.from(...registrations);
}
