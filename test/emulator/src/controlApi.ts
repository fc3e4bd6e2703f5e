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

/** What a test can do to the emulator; `ControlClient` has the same operations and says what they do. */
export interface ControlApi {
  reset(): void;
  set(switches: Partial<Switches>): void;
  putUser(user: Partial<EmulatorUser> & { id: string }): void;
  putApp(app: Partial<EmulatorApp> & { clientId: string }): void;
  removeUser(id: string): boolean;
  removeApp(clientId: string): boolean;
  fault(fault: Fault): void;
  clearFaults(): void;
  advanceClock(ms: number): void;
  freezeClock(): void;
  realClock(): void;
  requests(filter?: { endpoint?: string; grantType?: string }): RecordedRequest[];
  counters(): Counters;
  issuedSecrets(): string[];
  tokenInfo(token: string): TokenInfo;
  issuePair(clientId: string, userId: string, scopes?: string[]): IssuedPair;
  expireAccessTokens(): void;
  expireRefreshTokens(): void;
  revokeUser(userId: string): void;
  configFile(clientId: string): BoxConfigFile;
}
