/** How this Box behaves where the real one is undocumented, contradictory or configurable. Times are in seconds. */
export interface Switches {
  /** When a refresh ends the old pair: on first use of the new one, at once, after `graceSeconds`, or as in 2015. */
  rotation: 'confirm-on-use' | 'strict' | 'grace-window' | 'distinct';
  graceSeconds: number;
  pkce: 'enforce-if-sent' | 'ignore' | 'required';
  loopbackPort: 'any' | 'exact';
  redirectUriAtToken: 'optional-checked' | 'ignore' | 'required';
  clientAuth: 'post+basic' | 'post-only';
  /** What a revocation ends: the sign-in's pair, its downscoped tokens too, or all that the user has with the app. */
  revokeScope: 'pair' | 'pair+children' | 'user+app';
  /** Whether a downscoped or annotator token can be revoked by itself. */
  childRevocation: 'allowed' | 'refused';
  accessTtl: number;
  refreshTtl: number;
  codeTtl: number;
  /** The most that is added at random to `accessTtl`, as Box's `expires_in` is often above 3600. */
  expiresInJitter: number;
  restrictedTo: 'present' | 'absent';
  /** Whether the paths of Box's retired hosts answer 302 or 404. */
  legacyHosts: 'off' | '302';
  /** Whether the protected-resource metadata names the issuer with a trailing slash, as Box's does. */
  issuerSlash: boolean;
  /** Box's two wordings for a dead refresh token. */
  refreshErrorText: 'Invalid refresh token' | 'Refresh token has expired';
  /** Box's two codes for a grant that the app may not use. */
  wrongGrantError: 'invalid_request' | 'unauthorized_client';
  /** What the authorize page does with a scope that the app does not have. */
  unknownScope: 'ignore' | 'invalid_scope';
  stateOnDenial: boolean;
  /** Whether a replayed code takes the tokens that it gave with it (RFC 6749 §4.1.2). */
  codeReplayRevokes: boolean;
  /** How `users/me` shows that a personal account has no enterprise. */
  personalEnterprise: 'absent' | 'null';
  redirectPageForwardsState: boolean;
  redirectPageForwardsError: boolean;
}

const CHOICES: { readonly [K in keyof Switches]: readonly Switches[K][] | 'seconds' } = {
  rotation: ['confirm-on-use', 'strict', 'grace-window', 'distinct'],
  graceSeconds: 'seconds',
  pkce: ['enforce-if-sent', 'ignore', 'required'],
  loopbackPort: ['any', 'exact'],
  redirectUriAtToken: ['optional-checked', 'ignore', 'required'],
  clientAuth: ['post+basic', 'post-only'],
  revokeScope: ['pair', 'pair+children', 'user+app'],
  childRevocation: ['allowed', 'refused'],
  accessTtl: 'seconds',
  refreshTtl: 'seconds',
  codeTtl: 'seconds',
  expiresInJitter: 'seconds',
  restrictedTo: ['present', 'absent'],
  legacyHosts: ['off', '302'],
  issuerSlash: [true, false],
  refreshErrorText: ['Invalid refresh token', 'Refresh token has expired'],
  wrongGrantError: ['invalid_request', 'unauthorized_client'],
  unknownScope: ['ignore', 'invalid_scope'],
  stateOnDenial: [true, false],
  codeReplayRevokes: [false, true],
  personalEnterprise: ['absent', 'null'],
  redirectPageForwardsState: [false, true],
  redirectPageForwardsError: [true, false],
};

const DAY = 86_400;

/** The switches as a new emulator has them: Box as it is believed to be. */
export const defaultSwitches = (): Switches => ({
  rotation: 'confirm-on-use',
  graceSeconds: 10,
  pkce: 'enforce-if-sent',
  loopbackPort: 'any',
  redirectUriAtToken: 'optional-checked',
  clientAuth: 'post+basic',
  revokeScope: 'pair',
  childRevocation: 'allowed',
  accessTtl: 3600,
  refreshTtl: 60 * DAY,
  codeTtl: 30,
  expiresInJitter: 0,
  restrictedTo: 'present',
  legacyHosts: 'off',
  issuerSlash: true,
  refreshErrorText: 'Invalid refresh token',
  wrongGrantError: 'invalid_request',
  unknownScope: 'ignore',
  stateOnDenial: true,
  codeReplayRevokes: false,
  personalEnterprise: 'absent',
  redirectPageForwardsState: false,
  redirectPageForwardsError: true,
});

const isSwitch = (name: string): name is keyof Switches => Object.hasOwn(CHOICES, name);

const isAllowed = (name: keyof Switches, value: unknown): boolean => {
  const choices: readonly unknown[] | 'seconds' = CHOICES[name];
  if (choices === 'seconds') return typeof value === 'number' && value >= 0;
  return choices.includes(value);
};

/** Checks a set of switches from outside and gives it back typed; throws a `TypeError` that names the wrong one. */
export function checkSwitches(candidate: object): Partial<Switches> {
  for (const [name, value] of Object.entries(candidate)) {
    if (!isSwitch(name)) throw new TypeError(`No such switch: ${name}`);
    if (!isAllowed(name, value)) throw new TypeError(`The switch ${name} cannot be ${JSON.stringify(value)}`);
  }
  return candidate;
}
