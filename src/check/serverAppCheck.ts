import type { BoxApp } from '../apps/app';
import type { AppSecrets } from '../apps/appSecrets';
import type { BoxClient } from '../box/client';
import { endpointsOf, type BoxBaseUrls } from '../box/endpoints';
import { BoxError, JwtKeyError, OAuthError } from '../box/errors';
import { appRefusal, exchangeRefusal } from '../box/refusals';
import type { BoxClientIdentity } from '../box/protocol';
import { EXCHANGEABLE_APPLICATION_SCOPES } from '../box/scopes';
import { SessionError } from '../sessions/errors';
import { serverApp } from '../sessions/lifecycle/serverSignIn';
import type { Sessions } from '../sessions/module';
import type { ServerApp } from '../sessions/tokens/tokenRequests';
import { notChecked, ok, problem, unknown, warning, type Finding } from './finding';
import { OF_SERVER_APP, refusedServerApp, topicsOfServerApp, unanswered } from './serverAppRefusals';
import type { UserAppCheck } from './userAppCheck';

/** Dependencies of {@link ServerAppCheck}. */
export interface ServerAppCheckDependencies {
  readonly box: Pick<BoxClient, 'exchange'>;
  readonly appSecrets: Pick<AppSecrets, 'jwtKey'>;
  readonly sessions: Pick<Sessions, 'tokenRequests' | 'revocations' | 'loadLifecycle'>;
  readonly userApps: UserAppCheck;
}

/**
 * Checks an app that acts as itself, by asking for its token as a sign-in does. A token that this brings is used to see
 * which scopes it has, and revoked at once.
 */
export class ServerAppCheck {
  constructor(private readonly dependencies: ServerAppCheckDependencies) {}

  /** @param client what it authenticates with. Throws what SecretStorage throws. */
  async run(
    app: BoxApp,
    origins: BoxBaseUrls,
    client: BoxClientIdentity,
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const isJwt = app.authMethod === 'jwt';
    const key = isJwt ? await this.dependencies.appSecrets.jwtKey(app.clientId, origins) : undefined;
    if (isJwt && key === undefined) {
      return [problem('key', 'key_missing'), ...notChecked('key', 'credentials', ...OF_SERVER_APP)];
    }
    const asked = askedBy(app, origins);
    if (asked === 'subject_missing' || asked === 'subject_no_enterprise') {
      const others = OF_SERVER_APP.filter((topic) => topic !== 'subject');
      const ofKey = isJwt ? notChecked('subject', 'key') : [];
      return [problem('subject', asked), ...ofKey, ...notChecked('subject', 'credentials', ...others)];
    }
    try {
      const scopes = await this.scopesOfToken(app, asked, signal);
      return [...given(app, asked, key?.publicKeyId), ...scopes];
    } catch (error) {
      if (error instanceof JwtKeyError) {
        const unusable = problem('key', 'key_unusable', { problem: error.code });
        return [unusable, ...notChecked('key', 'credentials', ...OF_SERVER_APP)];
      }
      if (error instanceof OAuthError) {
        const more = await this.more(error, app, asked, client, signal);
        return refusedServerApp(error, { app, kind: asked.subject.type, keyId: key?.publicKeyId, ...more });
      }
      if (!(error instanceof BoxError)) throw error;
      return unanswered(error, ...topicsOfServerApp(app));
    }
  }

  /** Asks what tells causes apart for which Box has one answer. */
  private async more(
    error: OAuthError,
    app: BoxApp,
    asked: ServerApp,
    client: BoxClientIdentity,
    signal: AbortSignal,
  ): Promise<{ serviceAccountWorks: boolean | undefined; atBox: BoxApp['authMethod'] | undefined }> {
    const refusal = appRefusal(error);
    const { enterpriseId } = app;
    const isOfUser = refusal === 'grant' && asked.subject.type === 'user' && enterpriseId !== undefined;
    return {
      serviceAccountWorks: isOfUser ? await this.isGiven(asked, enterpriseId, signal) : undefined,
      atBox: refusal === 'type' ? await this.dependencies.userApps.typeOf(client, signal) : undefined,
    };
  }

  private async isGiven(asked: ServerApp, enterpriseId: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.withToken({ ...asked, subject: { type: 'enterprise', id: enterpriseId } }, signal, () =>
        Promise.resolve(),
      );
      return true;
    } catch (error) {
      if (error instanceof BoxError) return false;
      throw error;
    }
  }

  private scopesOfToken(app: BoxApp, asked: ServerApp, signal: AbortSignal): Promise<readonly Finding[]> {
    return this.withToken(asked, signal, async (token) => {
      if (app.scopes.length === 0) return [unknown('scopes', 'scopes_untold')];
      const exchangeable = app.scopes.filter(isExchangeable);
      const others = app.scopes.filter((scope) => !isExchangeable(scope));
      return [
        ...(exchangeable.length === 0 ? [] : [await this.ofScopes(exchangeable, asked, token, signal)]),
        ...(others.length === 0 ? [] : [unknown('scopes', 'scopes_not_exchangeable', { scopes: others })]),
      ];
    });
  }

  private async ofScopes(
    scopes: readonly string[],
    asked: ServerApp,
    token: string,
    signal: AbortSignal,
  ): Promise<Finding> {
    const given: string[] = [];
    const refused: string[] = [];
    for (const scope of scopes) {
      try {
        await this.exchange(asked, token, scope, signal);
        given.push(scope);
      } catch (error) {
        if (!(error instanceof BoxError)) throw error;
        const refusal = exchangeRefusal(error);
        if (refusal !== 'scope' && refusal !== 'either') return unknown('scopes', 'unclear', { error });
        refused.push(scope);
      }
    }
    return refused.length === 0
      ? ok('scopes', 'scopes_given', { scopes: given })
      : warning('scopes', 'scopes_refused', { scopes: refused, given });
  }

  /** Exchanges a token for one with a single scope, and ends that. */
  private async exchange(
    asked: ServerApp,
    subjectToken: string,
    scope: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { box, sessions } = this.dependencies;
    const { accessToken } = await box.exchange(
      endpointsOf(asked.origins),
      { subjectToken, scopes: [scope] },
      signal,
    );
    const family = familyOf(asked);
    const { children } = await sessions.loadLifecycle();
    if (!(await children.revokeUnused(family, accessToken))) {
      await sessions.revocations.add({ ...family, token: accessToken });
    }
  }

  /** Gets a token for a moment: that it is to be revoked is stored before it is used, and sent when it was. */
  private async withToken<T>(
    asked: ServerApp,
    signal: AbortSignal,
    use: (token: string) => Promise<T>,
  ): Promise<T> {
    const { tokenRequests, revocations, loadLifecycle } = this.dependencies.sessions;
    const { accessToken } = await tokenRequests.first(asked, signal);
    const request = { ...familyOf(asked), token: accessToken };
    await revocations.add(request).catch(() => undefined);
    try {
      return await use(accessToken);
    } finally {
      const { sender } = await loadLifecycle();
      await sender.revoke(request);
    }
  }
}

/** What the app asks for, or why the settings leave nobody for it to act as. */
function askedBy(app: BoxApp, origins: BoxBaseUrls): ServerApp | 'subject_missing' | 'subject_no_enterprise' {
  try {
    return serverApp(app, origins);
  } catch (error) {
    if (error instanceof SessionError && error.code === 'subject_missing') return 'subject_missing';
    if (error instanceof SessionError && error.code === 'no_enterprise') return 'subject_no_enterprise';
    throw error;
  }
}

/** Everything but the scopes is right where Box gave a token. */
function given(
  app: BoxApp,
  { subject: { type: kind } }: ServerApp,
  keyId: string | undefined,
): readonly Finding[] {
  const ofUser =
    kind === 'user'
      ? [ok('userTokens', 'user_tokens_on'), ok('accessLevel', 'access_level_enough')]
      : [unknown('userTokens', 'user_tokens_not_needed'), unknown('accessLevel', 'access_level_not_needed')];
  return [
    ok('credentials', 'credentials_accepted'),
    ok('appType', 'type_right', { type: app.authMethod }),
    ...(keyId === undefined ? [] : [ok('key', 'key_right', { keyId })]),
    ok('authorization', 'authorized'),
    ok('subject', 'subject_right', { kind }),
    ...ofUser,
  ];
}

/** Whether Box exchanges a token for one with this scope alone. */
function isExchangeable(scope: string): boolean {
  return (EXCHANGEABLE_APPLICATION_SCOPES as readonly string[]).includes(scope);
}

function familyOf({ origins, clientId, appName }: ServerApp) {
  return { origins, clientId, appName, label: appName };
}
