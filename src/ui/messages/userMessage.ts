import { withoutTokens } from '../../common/errorText';

/** What a message offers to do next. */
export type MessageAction =
  | 'signIn'
  | 'signOut'
  | 'enterClientSecret'
  | 'chooseConfigFile'
  | 'configureApp'
  | 'checkApp'
  | 'addDeveloperToken'
  | 'openConsole'
  | 'copyAdminMessage'
  | 'openSetting'
  /** settings.json itself, where VS Code cannot write it. */
  | 'openSettingsFile'
  | 'reloadWindow'
  | 'showAccount'
  | 'openTerminal'
  | 'manageTrust'
  | 'showExtension'
  | 'showLog';

/** A message for a person: what happened, why, and what to do next. */
export interface UserMessage {
  readonly text: string;
  readonly actions: readonly MessageAction[];
  /** Full name of the setting that `openSetting` shows. */
  readonly setting?: string;
  /** Name of the app that `checkApp` checks, as configured. */
  readonly app?: string;
}

const MAX_LENGTH = 200;

/** Text from the settings or a user's name made safe for a notification, which would render links in it. */
export function plainText(text: string): string {
  const safe = text
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll(/[[\]]/g, "'")
    .trim();
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH)}…` : safe;
}

/** Text from a server: it may echo what it was sent, so nothing that could be a token is repeated. */
export function fromServer(text: string): string {
  return plainText(withoutTokens(text.replaceAll(/[()]/g, "'")));
}
