import type { ControlApi } from './controlApi';
import type { Switches } from './switches';
import type {
  BoxConfigFile,
  Counters,
  EmulatorApp,
  EmulatorUser,
  Fault,
  IssuedPair,
  RecordedRequest,
  TokenInfo,
} from './types';

interface Answer {
  readonly result?: unknown;
  readonly message?: string;
}

/**
 * Steers a running emulator over HTTP, from its own process or another. Takes the emulator's origin; every method
 * throws an `Error` with the emulator's message when an argument is wrong.
 */
export class ControlClient {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async #call<Name extends keyof ControlApi>(
    name: Name,
    ...parameters: Parameters<ControlApi[Name]>
  ): Promise<ReturnType<ControlApi[Name]>> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(parameters) };
    const response = await fetch(`${this.#origin}/control/${name}`, init);
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new Error(answer.message);
    return answer.result as ReturnType<ControlApi[Name]>;
  }

  /** Goes back to the seeded app and users, the default switches and the real clock; forgets everything else. */
  async reset(): Promise<void> {
    await this.#call('reset');
  }

  /** Sets some switches, leaving the others as they are. */
  async set(switches: Partial<Switches>): Promise<void> {
    await this.#call('set', switches);
  }

  /** Adds a user or changes one, by `id`; what is not given keeps its value or takes its default. */
  async putUser(user: Partial<EmulatorUser> & { id: string }): Promise<void> {
    await this.#call('putUser', user);
  }

  /** Adds an app or changes one, by `clientId`; what is not given keeps its value or takes its default. */
  async putApp(app: Partial<EmulatorApp> & { clientId: string }): Promise<void> {
    await this.#call('putApp', app);
  }

  /** Removes a user; the user's tokens stop working. */
  async removeUser(id: string): Promise<void> {
    await this.#call('removeUser', id);
  }

  /** Removes an app; its credentials stop working. */
  async removeApp(clientId: string): Promise<void> {
    await this.#call('removeApp', clientId);
  }

  /** Queues a fault, to be met once unless `times` says otherwise (-1 or `Infinity`: until `clearFaults`). */
  async fault(fault: Fault): Promise<void> {
    await this.#call('fault', fault.times === Infinity ? { ...fault, times: -1 } : fault);
  }

  /** Forgets every fault that is still queued. */
  async clearFaults(): Promise<void> {
    await this.#call('clearFaults');
  }

  /** Moves the emulator's clock on by milliseconds. */
  async advanceClock(ms: number): Promise<void> {
    await this.#call('advanceClock', ms);
  }

  /** Stops the emulator's clock; `advanceClock` still moves it. */
  async freezeClock(): Promise<void> {
    await this.#call('freezeClock');
  }

  /** Puts the emulator's clock back to the machine's. */
  async realClock(): Promise<void> {
    await this.#call('realClock');
  }

  /** The requests since the last reset, in order of arrival; calls of this client are not among them. */
  requests(filter: { endpoint?: string; grantType?: string } = {}): Promise<RecordedRequest[]> {
    return this.#call('requests', filter);
  }

  /** What was counted since the last reset. */
  counters(): Promise<Counters> {
    return this.#call('counters');
  }

  /** Every secret issued, known or received since the last reset; none of them may turn up in a log. */
  issuedSecrets(): Promise<string[]> {
    return this.#call('issuedSecrets');
  }

  /** What the emulator knows of a token, without using it. */
  tokenInfo(token: string): Promise<TokenInfo> {
    return this.#call('tokenInfo', token);
  }

  /** Issues a pair as a sign-in would; for all scopes of the app unless given. */
  issuePair(clientId: string, userId: string, scopes?: string[]): Promise<IssuedPair> {
    return scopes === undefined
      ? this.#call('issuePair', clientId, userId)
      : this.#call('issuePair', clientId, userId, scopes);
  }

  /** Ends the life of every access token issued so far, as time would. */
  async expireAccessTokens(): Promise<void> {
    await this.#call('expireAccessTokens');
  }

  /** Ends the life of every refresh token issued so far, as time would. */
  async expireRefreshTokens(): Promise<void> {
    await this.#call('expireRefreshTokens');
  }

  /** Revokes everything that a user has, as when the user removes the app in the account settings. */
  async revokeUser(userId: string): Promise<void> {
    await this.#call('revokeUser', userId);
  }

  /** The `config.json` of an app whose public key is the emulator's own, such as the seeded JWT app. */
  configFile(clientId: string): Promise<BoxConfigFile> {
    return this.#call('configFile', clientId);
  }
}
