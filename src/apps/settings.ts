import * as v from 'valibot';
import { addressProblem, type BoxBaseUrls } from '../box/endpoints';
import type { Event } from '../common/emitter';
import { appSchema, isSameApp, type BoxApp } from './app';

/** Section of every setting of this extension. */
export const SECTION = 'box-authentication';

/** Names of the settings, without the section. */
export type SettingName =
  | 'apps'
  | 'accountBaseUrl'
  | 'apiBaseUrl'
  | 'signInMethod'
  | 'redirectPage'
  | 'localServerPorts'
  | 'keepSignedIn'
  | 'showStatusBarItem'
  | 'clearClipboardAfterSeconds'
  | 'mcpServer'
  | 'terminalAccess';

/** Methods to get an authorization code back; `auto` chooses among the others. */
export const SIGN_IN_METHODS = ['auto', 'redirectPage', 'uriScheme', 'localServer', 'pasteCode'] as const;

/** Value of the setting `signInMethod`. */
export type SignInMethodSetting = (typeof SIGN_IN_METHODS)[number];

/** What is wrong with a setting's value. */
export type SettingProblem =
  | 'not_a_url'
  | 'insecure'
  | 'has_credentials'
  | 'has_query'
  | 'no_client_id'
  /** An entry with the client ID and the subject of one before it. */
  | 'duplicate_app'
  | 'wrong_value';

/** A field of an entry of the setting `apps`. */
export type AppField = keyof BoxApp;

/** Which entry of a list is faulty, and its faulty field where one is to blame. */
export interface FaultyEntry {
  /** From 1. */
  readonly number: number;
  readonly field?: AppField | undefined;
}

/** A setting holds a value that cannot be used. Nothing is sent anywhere until it is mended. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly code = 'setting';

  /**
   * @param setting full name, such as `box-authentication.apiBaseUrl`.
   * @param value what it holds, for the message; left out where somebody may have put a secret.
   */
  constructor(
    readonly setting: string,
    readonly problem: SettingProblem,
    readonly value: string | undefined,
    readonly entry?: FaultyEntry,
  ) {
    super(`The setting ${setting} cannot be used (${problem})`);
  }
}

const DEFAULT_REDIRECT_PAGE = 'https://vscode.dev/redirect';

/** Reads one setting as it stands now, defaults included. */
export type SettingReader = (name: SettingName) => unknown;

/** Settings changed: tells of each whether it did. */
export type SettingsChange = (name: SettingName) => boolean;

/** The settings, checked one by one when asked for, so that a wrong one stops only what needs it. */
export class Settings {
  /** @param onDidChange fires when a setting of this extension changed. */
  constructor(
    private readonly read: SettingReader,
    readonly onDidChange: Event<SettingsChange> = () => ({ dispose: () => undefined }),
  ) {}

  /**
   * Configured apps, without the entries that cannot be used: see {@link appErrors}.
   * @throws SettingError where the value is no list
   */
  apps(): BoxApp[] {
    const read = this.readApps();
    const [first] = read;
    if (first instanceof SettingError && first.entry === undefined) throw first;
    return read.filter((each): each is BoxApp => !(each instanceof SettingError));
  }

  /** What is wrong with entries of the setting `apps`, each by itself. */
  appErrors(): readonly SettingError[] {
    return this.readApps().filter((each) => each instanceof SettingError);
  }

  /** Which Box is talked to, without trailing slashes. @throws SettingError */
  origins(): BoxBaseUrls {
    return { account: this.baseUrl('accountBaseUrl'), api: this.baseUrl('apiBaseUrl') };
  }

  /** The same, or undefined while a setting is wrong. */
  originsIfValid(): BoxBaseUrls | undefined {
    try {
      return this.origins();
    } catch {
      return undefined;
    }
  }

  /** The page that forwards to the callback URI, as registered at Box: sent as it stands. @throws SettingError */
  redirectPage(): string {
    const page = this.checked('redirectPage', v.pipe(v.string(), v.trim()));
    this.checkAddress('redirectPage', page);
    return page;
  }

  /** Whether the redirect page is another than the default. @throws SettingError */
  hasOwnRedirectPage(): boolean {
    return this.redirectPage() !== DEFAULT_REDIRECT_PAGE;
  }

  /** Ports for the local server, in order. @throws SettingError */
  localServerPorts(): readonly number[] {
    const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
    return this.checked('localServerPorts', v.array(port));
  }

  /** How codes come back. @throws SettingError */
  signInMethod(): SignInMethodSetting {
    return this.checked('signInMethod', v.picklist(SIGN_IN_METHODS));
  }

  /** Whether the status bar item is wanted. A wrong value counts as yes. */
  showStatusBarItem(): boolean {
    return this.read('showStatusBarItem') !== false;
  }

  /** Whether idle sessions are renewed. A wrong value counts as yes. */
  keepSignedIn(): boolean {
    return this.read('keepSignedIn') !== false;
  }

  /** Whether Box's MCP server is offered to VS Code. A wrong value counts as no. */
  mcpServer(): boolean {
    return this.read('mcpServer') === true;
  }

  /** Whether programs in terminals and tasks may ask for tokens. A wrong value counts as no. */
  terminalAccess(): boolean {
    return this.read('terminalAccess') === true;
  }

  /** After how many seconds a copied token leaves the clipboard, 0 for never. @throws SettingError */
  clearClipboardAfterSeconds(): number {
    return this.checked('clearClipboardAfterSeconds', v.pipe(v.number(), v.finite(), v.minValue(0)));
  }

  /** Each entry, or what is wrong with it; of a value that is no list, what is wrong with that. */
  private readApps(): readonly (BoxApp | SettingError)[] {
    const entries = this.read('apps');
    if (!Array.isArray(entries)) return [new SettingError(fullName('apps'), 'wrong_value', undefined)];
    const apps: BoxApp[] = [];
    return entries.map((entry: unknown, index) => {
      const read = readApp(entry, index + 1);
      if (read instanceof SettingError) return read;
      if (apps.some((app) => isSameApp(app, read))) {
        return new SettingError(fullName('apps'), 'duplicate_app', read.clientId, { number: index + 1 });
      }
      apps.push(read);
      return read;
    });
  }

  private baseUrl(name: 'accountBaseUrl' | 'apiBaseUrl'): string {
    const url = this.checked(name, v.pipe(v.string(), v.trim()));
    this.checkAddress(name, url);
    return new URL(url).href.replace(/\/+$/, '');
  }

  private checkAddress(name: SettingName, address: string): void {
    const problem = addressProblem(address);
    const shown = problem === 'has_credentials' ? undefined : address;
    if (problem !== undefined) throw new SettingError(fullName(name), problem, shown);
  }

  private checked<T>(name: SettingName, schema: v.GenericSchema<unknown, T>): T {
    const value = this.read(name);
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    throw new SettingError(fullName(name), 'wrong_value', JSON.stringify(value));
  }
}

/** A setting's name with its section. */
export function fullName(name: SettingName): string {
  return `${SECTION}.${name}`;
}

/** A client secret has 32 characters: what is as long is not repeated, whatever field it stands in. */
const LONGEST_SHOWN = 20;

function readApp(entry: unknown, number: number): BoxApp | SettingError {
  const app = v.safeParse(appSchema, entry);
  if (app.success) return app.output;
  const fields = new Map(app.issues.map((issue) => [v.getDotPath(issue)?.split('.')[0], issue.input]));
  const [[field, input] = []] = fields;
  if (field === undefined || fields.has('clientId')) {
    const problem = fields.has('clientId') ? 'no_client_id' : 'wrong_value';
    return new SettingError(fullName('apps'), problem, undefined, { number });
  }
  const value = JSON.stringify(input);
  const shown = value.length <= LONGEST_SHOWN ? value : undefined;
  return new SettingError(fullName('apps'), 'wrong_value', shown, { number, field: field as AppField });
}
