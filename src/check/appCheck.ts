import type { BoxApp } from '../apps/app';
import type { AppSecrets } from '../apps/appSecrets';
import type { Settings } from '../apps/settings';
import type { BoxBaseUrls } from '../box/endpoints';
import type { Clock } from '../common/clock';
import { SessionError } from '../sessions/errors';
import type { Sessions } from '../sessions/module';
import { SecretStorageError, StaleWindowError } from '../storage/errors';
import { notChecked, problem, TOPICS, unknown, type AppReport, type Finding } from './finding';
import type { PlaceCheck } from './placeCheck';
import type { RedirectUriCheck } from './redirectUriCheck';
import type { ServerAppCheck } from './serverAppCheck';
import { credentialsRefused, topicsOfServerApp } from './serverAppRefusals';
import type { ServerCheck } from './serverCheck';
import type { StorageCheck } from './storageCheck';
import { OF_USER_APP, type UserAppCheck } from './userAppCheck';

/** Dependencies of {@link AppCheck}. */
export interface AppCheckDependencies {
  readonly settings: Pick<Settings, 'origins'>;
  readonly appSecrets: Pick<AppSecrets, 'wasRefused'>;
  readonly sessions: Pick<Sessions, 'tokenRequests'>;
  readonly servers: ServerCheck;
  readonly userApps: UserAppCheck;
  readonly serverApps: ServerAppCheck;
  readonly redirectUris: RedirectUriCheck;
  readonly place: PlaceCheck;
  readonly storage: StorageCheck;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** What is being looked at. */
export type CheckStep = 'servers' | 'app' | 'redirectUris' | 'place';

/** Finds out what can be found out of a Box app without the person. Nothing of it changes anything here or at Box. */
export class AppCheck {
  constructor(private readonly dependencies: AppCheckDependencies) {}

  /**
   * Checks an app.
   * @param onStep told what is being looked at.
   * @throws SettingError where nothing can be asked; the signal's reason once it is aborted
   */
  async run(app: BoxApp, signal: AbortSignal, onStep: (step: CheckStep) => void): Promise<AppReport> {
    const { settings, servers, storage, clock } = this.dependencies;
    const began = clock.monotonic();
    const origins = settings.origins();
    onStep('servers');
    const api = await servers.api(origins, signal);
    onStep('app');
    const ofApp = await this.ofApp(app, origins, api, signal);
    const hasOtherType = ofApp.some(({ code }) => code === 'type_wrong');
    const ofSignIn =
      app.authMethod === 'oauth2' ? await this.ofSignIn(app, origins, hasOtherType, signal, onStep) : [];
    onStep('place');
    const findings = [
      api,
      ...withClock(ofApp, servers.time(began)),
      ...ofSignIn,
      ...(await storage.run(app)),
    ];
    signal.throwIfAborted();
    return { app, findings: inOrder(findings) };
  }

  private async ofApp(
    app: BoxApp,
    origins: BoxBaseUrls,
    api: Finding,
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const { sessions, userApps, serverApps } = this.dependencies;
    const { name: appName, clientId } = app;
    const topics = app.authMethod === 'oauth2' ? OF_USER_APP : topicsOfServerApp(app);
    if (api.verdict === 'problem') return notChecked('apiServer', 'credentials', ...topics);
    try {
      const client = await sessions.tokenRequests.client({ origins, clientId, appName });
      if (app.authMethod === 'oauth2') return await userApps.run(app, client, signal);
      return await serverApps.run(app, origins, client, signal);
    } catch (error) {
      if (error instanceof SecretStorageError || error instanceof StaleWindowError) {
        return [unknown('credentials', 'secret_unreadable'), ...notChecked('secretStorage', ...topics)];
      }
      if (!(error instanceof SessionError && error.code === 'client_secret_missing')) throw error;
      const isRefused = this.dependencies.appSecrets.wasRefused(clientId, origins);
      const missing = isRefused ? credentialsRefused(app) : problem('credentials', 'secret_missing');
      return [missing, ...notChecked('credentials', ...topics)];
    }
  }

  /** @param hasOtherType whether nobody can sign in with the app: Box then refuses every redirect URI of it. */
  private async ofSignIn(
    app: BoxApp,
    origins: BoxBaseUrls,
    hasOtherType: boolean,
    signal: AbortSignal,
    onStep: (step: CheckStep) => void,
  ): Promise<readonly Finding[]> {
    const { place, redirectUris } = this.dependencies;
    onStep('redirectUris');
    const uris = hasOtherType ? [] : await place.redirectUris();
    const ofPage = await redirectUris.run(app, origins, uris, signal);
    const unlooked = hasOtherType ? notChecked('appType', 'redirectUri') : [];
    return [...ofPage, ...unlooked, await place.method(), await place.ports()];
  }
}

/** One line about the clock: where Box refused its time, by how much it is wrong, if that is known. */
function withClock(findings: readonly Finding[], time: Finding): readonly Finding[] {
  if (!findings.some(({ code }) => code === 'clock_refused')) return [time, ...findings];
  if (time.code !== 'clock_wrong') return findings;
  const wrong = problem('clock', 'clock_wrong', time.facts);
  return findings.map((finding) => (finding.code === 'clock_refused' ? wrong : finding));
}

/** In the order of the report; those of one topic stay as they are. */
function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => TOPICS.indexOf(a.topic) - TOPICS.indexOf(b.topic));
}
