import { endpointsOf } from '../../box/endpoints';

/** How an access token can be copied, in the order in which they are offered. */
export const TOKEN_FORMATS = ['header', 'curl', 'powershell', 'dotenv', 'http', 'postman'] as const;

/** A line, a command or a file around an access token. */
export type TokenFormat = (typeof TOKEN_FORMATS)[number];

/** What the formats are made of. */
export interface TokenToFormat {
  readonly accessToken: string;
  readonly clientId: string;
  /** None for a personal account. */
  readonly enterpriseId?: string;
  readonly login: string;
  readonly apiOrigin: string;
  readonly accountOrigin: string;
  /** When the access token ends, in ms since the epoch. */
  readonly expiresAt: number;
  /** What Postman is to call the environment. */
  readonly environmentName: string;
  /** A UUID, the same one each time for the same session: Postman then offers to replace what it imported before. */
  readonly environmentId: string;
  /** Whether it is pasted on Windows, where `curl` is another command in PowerShell 5.1. */
  readonly isWindows: boolean;
  /** When this is written, in ms since the epoch. */
  readonly copiedAt: number;
}

/**
 * Writes an access token down in a format. The same input gives the same text.
 * @throws RangeError when the token has characters that some consumer could not read back; Box issues none such.
 */
export function formatToken(format: TokenFormat, input: TokenToFormat): string {
  // Visible ASCII is all that a header field carries. No quoting of `'` is the same for dotenv and for a shell, and
  // `{{` begins a variable in Postman and in `.http` files.
  if (!/^(?!.*\{\{)[!-&(-~]+$/.test(input.accessToken)) {
    throw new RangeError('The access token has characters that cannot be copied in every format');
  }
  return WRITERS[format](input);
}

const WRITERS: Readonly<Record<TokenFormat, (input: TokenToFormat) => string>> = {
  header,
  curl,
  powershell,
  dotenv,
  http,
  postman,
};

/** RFC 6750 §2.1. */
function header({ accessToken }: TokenToFormat): string {
  return `Authorization: Bearer ${accessToken}`;
}

function curl(input: TokenToFormat): string {
  const [program, quoted] = input.isWindows ? ['curl.exe', windowsQuoted] : ['curl', shellQuoted];
  return `${program} ${quoted(currentUser(input))} -H ${quoted(header(input))}`;
}

/** For PowerShell 5.1 and 7: nothing is expanded in single quotes. */
function powershell(input: TokenToFormat): string {
  const authorization = powershellQuoted(`Bearer ${input.accessToken}`);
  return `Invoke-RestMethod -Uri ${powershellQuoted(currentUser(input))} -Headers @{ Authorization = ${authorization} }`;
}

/** In single quotes as soon as an interactive shell would see more than text: `!`, which Box's tokens have, is history. */
function dotenv({ accessToken }: TokenToFormat): string {
  const isPlain = /^[\w%+,./:=@-]+$/.test(accessToken);
  return `BOX_ACCESS_TOKEN=${isPlain ? accessToken : `'${accessToken}'`}`;
}

/** `###` parts it from the request above it, wherever it is pasted. */
function http(input: TokenToFormat): string {
  return [`### ${oneLine(input.login)}`, `GET ${currentUser(input)} HTTP/1.1`, header(input), '', ''].join(
    '\n',
  );
}

/** An environment as Postman exports it, with the names and types that Box's own collection gives its variables. */
function postman(input: TokenToFormat): string {
  const values = [
    variable('client_id', input.clientId),
    // A refresh token works once: whoever used it there would end the session here.
    secret('client_secret', ''),
    secret('access_token', input.accessToken),
    secret('refresh_token', ''),
    variable('expires_at', String(input.expiresAt)),
    variable('enterprise_id', input.enterpriseId ?? ''),
    variable('enable_auto_refresh_access_token', 'false'),
    // To Box's advanced collection: there is an access token, and nothing to get another with.
    variable('box_env_type', 'BEARER'),
    ...otherHosts(input),
  ];
  const environment = {
    id: input.environmentId,
    name: input.environmentName,
    values,
    _postman_variable_scope: 'environment',
    _postman_exported_at: new Date(input.copiedAt).toISOString(),
  };
  return JSON.stringify(environment, undefined, 2);
}

interface PostmanVariable {
  readonly key: string;
  readonly value: string;
  readonly type: 'default' | 'secret';
  readonly enabled: true;
}

function variable(key: string, value: string): PostmanVariable {
  return { key, value, type: 'default', enabled: true };
}

function secret(key: string, value: string): PostmanVariable {
  return { key, value, type: 'secret', enabled: true };
}

/** Box's collections keep each host in a variable of its name: a token of another Box must not be sent to box.com. */
function otherHosts({ apiOrigin, accountOrigin }: TokenToFormat): PostmanVariable[] {
  return [
    variable('api.box.com', new URL(apiOrigin).host),
    variable('account.box.com', new URL(accountOrigin).host),
  ].filter(({ key, value }) => key !== value);
}

function currentUser({ apiOrigin, accountOrigin }: TokenToFormat): string {
  return new URL(endpointsOf({ account: accountOrigin, api: apiOrigin }).currentUser).href;
}

/** In double quotes where neither PowerShell nor cmd sees anything in them, which knows no others; else for PowerShell. */
function windowsQuoted(text: string): string {
  return /^[^"$%\\`]+$/.test(text) ? `"${text}"` : powershellQuoted(text);
}

function powershellQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** In double quotes where no shell sees anything in them; else in single quotes. */
function shellQuoted(text: string): string {
  if (/^[\w +./:=[\]~-]+$/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
