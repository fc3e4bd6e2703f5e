import type { SignInMethodSetting } from '../apps/settings';
import type { SignInMethodName } from './signInMethod';

/** Where the person is, as far as it decides how an authorization code can come back. */
export interface SignInEnvironment {
  /** Whether the editor is a program of its own; else it is a page in a browser. */
  readonly isDesktop: boolean;
  /** Whether this extension runs on the computer that the browser runs on. */
  readonly isHostLocal: boolean;
  /** The editor's own URI scheme, such as `vscode` or `cursor`. */
  readonly uriScheme: string;
  /** For an editor in a browser, the host of the addresses that lead back to it. */
  readonly callbackHost?: string | undefined;
  /** Whether the person set a redirect page of their own. */
  readonly hasOwnPage: boolean;
  /** The setting `signInMethod`. */
  readonly setting: SignInMethodSetting;
  /** What worked here the last time. */
  readonly worked?: SignInMethodName | undefined;
}

/** URI schemes and hosts that `https://vscode.dev/redirect` is known to forward to. */
const FORWARDED_SCHEMES = new Set(['vscode', 'vscode-insiders', 'vscode-exploration', 'vscode-wsl']);
const FORWARDED_HOSTS = /(^|\.)(vscode|github)\.dev$/i;

/**
 * The sign-in methods of this place, in the order in which they are to be tried. The last one works anywhere.
 * @param failed those that have been tried in vain.
 */
export function usableMethods(
  environment: SignInEnvironment,
  failed: readonly SignInMethodName[] = [],
): readonly SignInMethodName[] {
  const { setting, worked } = environment;
  const possible = setting === 'auto' ? automatic(environment) : only(setting, environment);
  const preferred = setting === 'auto' && worked !== undefined && possible.includes(worked) ? [worked] : [];
  return [...new Set([...preferred, ...possible])].filter((method) => !failed.includes(method));
}

function automatic(environment: SignInEnvironment): readonly SignInMethodName[] {
  const { isDesktop, isHostLocal } = environment;
  const server: SignInMethodName[] = isDesktop && isHostLocal ? ['localServer'] : [];
  if (pageForwards(environment)) return ['redirectPage', ...server, 'pasteCode'];
  return isDesktop && isHostLocal ? [...server, 'uriScheme', 'pasteCode'] : ['pasteCode'];
}

/** What the person set, and the method that is always left. A server that their browser cannot reach is none. */
function only(method: SignInMethodName, { isHostLocal }: SignInEnvironment): readonly SignInMethodName[] {
  return method === 'localServer' && !isHostLocal ? ['pasteCode'] : [method, 'pasteCode'];
}

function pageForwards({ isDesktop, uriScheme, callbackHost, hasOwnPage }: SignInEnvironment): boolean {
  if (hasOwnPage) return true;
  return isDesktop ? FORWARDED_SCHEMES.has(uriScheme) : FORWARDED_HOSTS.test(callbackHost ?? '');
}
