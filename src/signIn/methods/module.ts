import type { Settings } from '../../apps/settings';
import type { Clock } from '../../common/clock';
import type { Log } from '../../common/log';
import { CallbackRouter } from '../callback/callbackRouter';
import type { SignInMethod, SignInMethodName } from '../signInMethod';
import { LocalServerMethod, type LocalServerDependencies } from './localServer';
import { PasteCodeMethod } from './pasteCode';
import { RedirectPageMethod } from './redirectPage';
import { UriSchemeMethod } from './uriScheme';

/** Dependencies of {@link createMethods}. */
export interface MethodsDependencies extends Pick<LocalServerDependencies, 'pages' | 'editorUri'> {
  readonly settings: Pick<Settings, 'localServerPorts' | 'redirectPage'>;
  readonly router: CallbackRouter;
  /** Gives the address that leads from the browser to this window's URI handler, with a query. */
  readonly callbackUri: (query: string) => Promise<string>;
  /** The bare address of this editor's URI handler. */
  readonly bareCallbackUri: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The sign-in methods, by their names in the setting `signInMethod`. */
export type SignInMethods = Readonly<Record<SignInMethodName, SignInMethod>>;

/** Builds the sign-in methods. None listens or waits yet. */
export function createMethods(dependencies: MethodsDependencies): SignInMethods {
  const { settings, router, callbackUri, bareCallbackUri, pages, editorUri, clock, log } = dependencies;
  const ports = (): readonly number[] => settings.localServerPorts();
  const newRouter = (ofOne: Log): CallbackRouter => new CallbackRouter(ofOne);
  const redirectPage = (): string => settings.redirectPage();
  return {
    redirectPage: new RedirectPageMethod({ router, redirectPage, externalCallbackUri: callbackUri }),
    localServer: new LocalServerMethod({ ports, pages, editorUri, newRouter, clock, log }),
    uriScheme: new UriSchemeMethod({ router, callbackUri: bareCallbackUri }),
    pasteCode: new PasteCodeMethod({ ports }),
  };
}
