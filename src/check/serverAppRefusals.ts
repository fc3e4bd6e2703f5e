import type { BoxApp } from '../apps/app';
import { isTransient, OAuthError, type BoxError } from '../box/errors';
import { appRefusal } from '../box/refusals';
import {
  notChecked,
  ok,
  problem,
  unknown,
  warning,
  type Finding,
  type SubjectKind,
  type Topic,
} from './finding';

/** What is known beside Box's refusal. */
export interface RefusedServerApp {
  readonly app: BoxApp;
  readonly kind: SubjectKind;
  /** Box's ID of the key that signed; undefined where none did. */
  readonly keyId: string | undefined;
  /** Whether the app does get a token as its service account; undefined where that was not tried. */
  readonly serviceAccountWorks: boolean | undefined;
  /** What the app is at Box where that is another type, as far as it shows. */
  readonly atBox: BoxApp['authMethod'] | undefined;
}

/** What is looked at of an app that acts as itself, once its credentials and its key are right. */
export const OF_SERVER_APP = [
  'appType',
  'authorization',
  'subject',
  'userTokens',
  'accessLevel',
  'scopes',
] as const satisfies readonly Topic[];

/** The same, and the key of an app that signs with one. */
export function topicsOfServerApp({ authMethod }: BoxApp): readonly Topic[] {
  return authMethod === 'jwt' ? ['key', ...OF_SERVER_APP] : OF_SERVER_APP;
}

/** The lines that follow from Box's refusal to give an app its token (Box guides on common errors, JWT, CCG). */
export function refusedServerApp(error: OAuthError, about: RefusedServerApp): readonly Finding[] {
  const { app, kind, keyId = '' } = about;
  const credentials = ok('credentials', 'credentials_accepted');
  const rightType = ok('appType', 'type_right', { type: app.authMethod });
  const topics = topicsOfServerApp(app);
  const rightKey = about.keyId === undefined ? [] : [ok('key', 'key_right', { keyId })];
  const unlooked = (until: Topic, ...known: readonly Topic[]): Finding[] =>
    notChecked(until, ...topics.filter((topic) => topic !== until && !known.includes(topic)));
  const serviceAccountRefused = [
    credentials,
    problem('accessLevel', 'service_account_refused'),
    ...unlooked('accessLevel', 'userTokens'),
  ];
  switch (appRefusal(error)) {
    case 'credentials':
      return [credentialsRefused(app), ...unlooked('credentials')];
    case 'type': {
      const { authMethod: setting } = app;
      return [
        credentials,
        problem('appType', 'type_wrong', { setting, atBox: about.atBox }),
        ...unlooked('appType'),
      ];
    }
    case 'authorization':
      return [credentials, problem('authorization', 'not_authorized'), ...unlooked('authorization')];
    case 'key_id':
      return [credentials, problem('key', 'key_id_unknown', { keyId }), ...unlooked('key')];
    case 'signature':
      return [credentials, problem('key', 'key_mismatch', { keyId }), ...unlooked('key')];
    case 'subject':
      return [credentials, problem('subject', 'subject_refused', { kind }), ...unlooked('subject')];
    case 'grant': {
      const refused = { kind, serviceAccountWorks: about.serviceAccountWorks === true };
      return [
        credentials,
        rightType,
        problem('subject', 'grant_refused', refused),
        ...unlooked('subject', 'appType'),
      ];
    }
    case 'user_tokens':
      if (kind === 'enterprise') return serviceAccountRefused;
      return [
        credentials,
        rightType,
        ...rightKey,
        problem('userTokens', 'user_tokens_off', { isSure: true }),
        warning('accessLevel', 'access_level_low', { isSure: false }),
        ...unlooked('userTokens', 'appType', 'accessLevel', 'key'),
      ];
    case 'subject_type':
      if (kind === 'enterprise') return serviceAccountRefused;
      return [
        credentials,
        problem('accessLevel', 'access_level_low', { isSure: true }),
        warning('userTokens', 'user_tokens_off', { isSure: false }),
        ...unlooked('accessLevel', 'userTokens'),
      ];
    case 'time':
      return [problem('clock', 'clock_refused'), ...notChecked('clock', 'credentials', ...topics)];
    case 'assertion':
      return [
        problem('subject', 'assertion_refused', { error }),
        ...notChecked('subject', 'credentials'),
        ...unlooked('subject'),
      ];
    case 'unclear':
      return unanswered(error, ...topics);
  }
}

/** ID or secret: Box does not say which. */
export function credentialsRefused({ clientId }: BoxApp): Finding {
  const looksLikeClientId = /^[a-z\d]{32}$/.test(clientId);
  return problem('credentials', 'credentials_refused', { looksLikeClientId });
}

/**
 * The lines for a request for a token whose answer tells nothing of the app.
 * @param topics what else stays open.
 */
export function unanswered(error: BoxError, ...topics: readonly Topic[]): readonly Finding[] {
  if (error instanceof OAuthError && !isTransient(error)) {
    return [unknown('credentials', 'unclear', { error }), ...notChecked('credentials', ...topics)];
  }
  return [
    problem('apiServer', 'token_failed', { error }),
    ...notChecked('apiServer', 'credentials', ...topics),
  ];
}
