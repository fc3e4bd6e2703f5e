import { isNoEnterprise } from '../../apps/enterprise';
import { subjectOf, type BoxApp } from '../../apps/app';
import type { BoxClient } from '../../box/client';
import { endpointsOf, type BoxBaseUrls } from '../../box/endpoints';
import { BoxError } from '../../box/errors';
import { SessionError } from '../errors';
import type { RevocationSender } from '../tokens/revocationSender';
import type { LiveSession, ServerCredential, TokenPair } from '../store/sessionRecord';
import type { NewSessions } from './newSessions';
import type { ServerApp, TokenRequests } from '../tokens/tokenRequests';
import { RunningWork } from '../../common/runningWork';

/** Dependencies of {@link ServerSignIn}. */
export interface ServerSignInDependencies {
  readonly tokenRequests: TokenRequests;
  readonly box: BoxClient;
  readonly newSessions: NewSessions;
  readonly sender: Pick<RevocationSender, 'revoke'>;
  /** Throws a StaleWindowError where a session could not be stored: nothing is then asked for. */
  readonly ensureCurrent: () => Promise<void>;
}

/** Makes sessions of apps that ask for tokens by themselves: no browser, and nobody who consents. */
export class ServerSignIn {
  private readonly running = new RunningWork();

  constructor(private readonly dependencies: ServerSignInDependencies) {}

  /**
   * Signs in as the app's service account, or as the user that the app's settings name. One with the same app, user
   * and scopes is replaced in place.
   * @param scopes noted as asked for: Box gives such a token everything that the app has.
   * @throws SessionError, BoxError or JwtKeyError; the signal's reason once it is aborted
   */
  async run(
    app: BoxApp,
    origins: BoxBaseUrls,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<LiveSession> {
    const server = serverApp(app, origins);
    try {
      await this.dependencies.ensureCurrent();
      return await this.running.add(this.complete(server, scopes, signal));
    } catch (error) {
      if (error instanceof BoxError) error.appName = app.name;
      throw error;
    }
  }

  /** Resolves when no token is in nobody's hands: each that Box gave is kept or revoked. */
  async idle(): Promise<void> {
    await this.running.idle();
  }

  private async complete(
    app: ServerApp,
    scopes: readonly string[],
    signal: AbortSignal,
  ): Promise<LiveSession> {
    const { tokenRequests, box, newSessions } = this.dependencies;
    const pair = await tokenRequests.first(app, signal);
    const { clientId, appName, origins, credential, subject } = app;
    try {
      const user = await box.currentUser(endpointsOf(origins), pair.accessToken, signal);
      const named = { clientId, name: appName };
      return await newSessions.add({ app: named, origins, scopes, user, pair, credential, subject }, signal);
    } catch (error) {
      await this.discard(app, pair);
      throw error;
    }
  }

  /** A token that nobody keeps must not stay alive at Box. */
  private async discard({ origins, clientId, appName }: ServerApp, pair: TokenPair): Promise<void> {
    const token = pair.accessToken;
    await this.dependencies.sender.revoke({ origins, clientId, appName, label: appName, token });
  }
}

/** Whether an app asks for tokens by itself. */
export function isServerApp(app: BoxApp): app is BoxApp & { readonly authMethod: ServerCredential } {
  return app.authMethod !== 'oauth2';
}

/** Who asks for a token, and for whom. @throws SessionError where the settings do not say for whom */
export function serverApp(app: BoxApp, origins: BoxBaseUrls): ServerApp {
  const { name, clientId } = app;
  if (!isServerApp(app)) throw new TypeError(`${name} signs in with a browser`);
  const subject = subjectOf(app);
  if (subject === undefined) throw new SessionError('subject_missing', name);
  if (subject.type === 'enterprise' && isNoEnterprise(subject.id))
    throw new SessionError('no_enterprise', name);
  return { origins, clientId, appName: name, credential: app.authMethod, subject: { ...subject } };
}
