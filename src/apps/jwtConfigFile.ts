import * as v from 'valibot';
import { JWT_ALGORITHMS } from '../box/jwtAlgorithms';
import { clientIdSchema } from './app';
import { isNoEnterprise } from './enterprise';
import { keyProblem, readPem, type JwtKeyProblem } from './jwtKey';
import type { StoredJwtKey } from './storedJwtKey';
import { parseJson } from '../common/json';

/** What Box's `config.json` says of a JWT app (Box guide: authentication/jwt/jwt-setup). */
export interface JwtConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly enterpriseId: string;
  /** Whom to act as, where somebody has entered it: Box's SDKs read it too. */
  readonly userId?: string;
  readonly jwtKey: StoredJwtKey;
}

/** What came of reading a `config.json`. */
export type JwtConfigReading =
  | { readonly kind: 'config'; readonly config: JwtConfig; readonly warnings: readonly JwtConfigProblem[] }
  /** The file has a key pair that the developer made: Box keeps its public key, and its private key is theirs. */
  | { readonly kind: 'keyElsewhere' }
  | { readonly kind: 'unusable'; readonly problems: readonly [JwtConfigProblem, ...JwtConfigProblem[]] };

/** A private key that is not in the file, with its passphrase if it is encrypted. */
export type OwnKey = Pick<StoredJwtKey, 'privateKey' | 'passphrase'>;

/** What is wrong with a whole file. */
export type JwtFileProblem =
  /** Larger than {@link MAX_CONFIG_BYTES}. */
  | 'too_large'
  | 'empty_file'
  | 'not_json'
  /** JSON, but a list or a single value. */
  | 'not_an_object'
  /** JSON without anything of a Box app in it. */
  | 'other_file'
  /** Of an app without a key pair, or downloaded where Box leaves the key out. */
  | 'no_key_pair';

/** What is wrong with one field. */
export type JwtFieldProblem =
  | JwtKeyProblem
  | 'missing'
  | 'empty'
  /** Anything but a text in quotation marks. */
  | 'not_a_text'
  /** A text or number where further fields should be. */
  | 'not_a_group'
  | 'wrong_characters'
  /** The enterprise ID is 0: an account without an enterprise, for whose app there is no service account. */
  | 'no_enterprise'
  | 'unknown_algorithm'
  /** A warning: the key can be used, but so can whoever reads the file. */
  | 'key_not_encrypted';

/** One thing that is wrong. It holds nothing of what the file says. */
export type JwtConfigProblem =
  { readonly code: JwtFileProblem } | { readonly code: JwtFieldProblem; readonly path: JwtConfigField };

/** Fields that are looked at, by their paths, in the order of the file. */
export const JWT_CONFIG_FIELDS = [
  'boxAppSettings',
  'boxAppSettings.clientID',
  'boxAppSettings.clientSecret',
  'boxAppSettings.appAuth',
  'boxAppSettings.appAuth.publicKeyID',
  'boxAppSettings.appAuth.privateKey',
  'boxAppSettings.appAuth.passphrase',
  'boxAppSettings.appAuth.algorithm',
  'enterpriseID',
  'userID',
] as const;

/** Path of a field in the file. */
export type JwtConfigField = (typeof JWT_CONFIG_FIELDS)[number];

/** Largest file that is read, in bytes: Box's have some 3,000. */
export const MAX_CONFIG_BYTES = 64 * 1024;

const APP_AUTH = 'boxAppSettings.appAuth';
const PRIVATE_KEY = 'boxAppSettings.appAuth.privateKey';
const PASSPHRASE = 'boxAppSettings.appAuth.passphrase';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());

const fileSchema = v.object({
  boxAppSettings: v.object({
    clientID: clientIdSchema,
    clientSecret: text,
    appAuth: v.object({
      publicKeyID: v.pipe(text, v.regex(/^[\w.~-]+$/)),
      privateKey: text,
      passphrase: v.nullish(v.string()),
      /** Box writes none; one that a person has added is followed. */
      algorithm: v.nullish(v.picklist(JWT_ALGORITHMS)),
    }),
  }),
  enterpriseID: v.pipe(
    text,
    v.regex(/^\d+$/),
    v.check((id) => !isNoEnterprise(id)),
  ),
  userID: v.nullish(v.pipe(v.string(), v.trim(), v.regex(/^\d*$/))),
});

/**
 * Reads the text of a `config.json`. A byte-order mark and trailing commas are forgiven.
 * @param ownKey the private key of a file that has none.
 * @returns the app with its secrets, or everything that is wrong, in the order of the file. Throws nothing.
 */
export function readJwtConfig(content: string, ownKey?: OwnKey): JwtConfigReading {
  if (Buffer.byteLength(content) > MAX_CONFIG_BYTES) return unusable({ code: 'too_large' });
  // `trim` takes a byte-order mark for white space.
  const json = content.trim();
  if (json === '') return unusable({ code: 'empty_file' });
  const parsed = parseJson(json) ?? parseJson(withoutTrailingCommas(json));
  if (parsed === undefined) return unusable({ code: 'not_json' });
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return unusable({ code: 'not_an_object' });
  }
  if (!('boxAppSettings' in parsed)) return unusable({ code: 'other_file' });
  return isKeyElsewhere(parsed) ? withOwnKey(parsed, ownKey) : readFields(parsed);
}

/** The text of a file's bytes: UTF-8, or UTF-16 as Windows PowerShell writes it. */
export function configText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isUtf16 = first === 0xff && second === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** Whether the file names a public key, and leaves the private key and its passphrase blank. */
function isKeyElsewhere(parsed: object): boolean {
  const appAuth = fieldsOf(fieldsOf(fieldsOf(parsed)?.['boxAppSettings'])?.['appAuth']);
  if (appAuth === undefined || isBlank(appAuth['publicKeyID'])) return false;
  return ['privateKey', 'passphrase'].every((name) => name in appAuth && isBlank(appAuth[name]));
}

/** What else is wrong with the file is told before a key is asked for. */
function withOwnKey(parsed: object, ownKey: OwnKey | undefined): JwtConfigReading {
  const settings = fieldsOf(fieldsOf(parsed)?.['boxAppSettings']);
  const appAuth = { ...fieldsOf(settings?.['appAuth']), ...ownKey };
  const reading = readFields({ ...parsed, boxAppSettings: { ...settings, appAuth } });
  if (ownKey !== undefined || reading.kind !== 'unusable') return reading;
  const [first, ...more] = reading.problems.filter(
    (problem) => !('path' in problem && (problem.path === PRIVATE_KEY || problem.path === PASSPHRASE)),
  );
  return first === undefined ? { kind: 'keyElsewhere' } : unusable(first, ...more);
}

function readFields(parsed: object): JwtConfigReading {
  const file = v.safeParse(fileSchema, parsed);
  const found = file.success ? [] : file.issues.map(problemOf);
  const settings = fieldsOf(fieldsOf(parsed)?.['boxAppSettings']);
  const appAuth = settings?.['appAuth'];
  if (settings !== undefined && isWithoutKeyPair(appAuth)) {
    const others = found.filter((problem) => !('path' in problem && problem.path.startsWith(APP_AUTH)));
    return unusable({ code: 'no_key_pair' }, ...inOrder(others));
  }
  const key = readKey(fieldsOf(appAuth));
  const [first, ...more] = inOrder([...found, ...(key?.problems ?? [])]);
  if (first !== undefined || !file.success || key === undefined) {
    return unusable(first ?? { code: 'other_file' }, ...more);
  }
  const { boxAppSettings, enterpriseID, userID } = file.output;
  const { algorithm } = boxAppSettings.appAuth;
  return {
    kind: 'config',
    config: {
      clientId: boxAppSettings.clientID,
      clientSecret: boxAppSettings.clientSecret,
      enterpriseId: enterpriseID,
      ...(userID ? { userId: userID } : {}),
      jwtKey: {
        ...key.key,
        publicKeyId: boxAppSettings.appAuth.publicKeyID,
        ...(algorithm ? { algorithm } : {}),
      },
    },
    warnings: key.warnings,
  };
}

type Fields = Readonly<Record<string, unknown>>;

interface KeyReading {
  readonly key: Omit<StoredJwtKey, 'publicKeyId'>;
  readonly problems: readonly JwtConfigProblem[];
  readonly warnings: readonly JwtConfigProblem[];
}

/** What can be told of the key and its passphrase only together. Undefined where there are no fields. */
function readKey(appAuth: Fields | undefined): KeyReading | undefined {
  if (appAuth === undefined) return undefined;
  const { privateKey, passphrase } = appAuth;
  const pem = typeof privateKey === 'string' ? readPem(privateKey) : 'not_a_pem_key';
  const isPlain = typeof pem === 'object' && !pem.isEncrypted;
  const secret = typeof passphrase === 'string' && !isPlain ? passphrase : '';
  const problems: JwtConfigProblem[] = [];
  if (typeof pem === 'string') problems.push({ code: pem, path: PRIVATE_KEY });
  if (!isPlain && (passphrase ?? '') === '') {
    problems.push({ code: passphrase === '' ? 'empty' : 'missing', path: PASSPHRASE });
  } else if (typeof pem === 'object') {
    const code = keyProblem(pem, secret);
    const path = code === 'wrong_passphrase' ? PASSPHRASE : PRIVATE_KEY;
    if (code !== undefined) problems.push({ code, path });
  }
  return {
    key: { privateKey: typeof pem === 'string' ? '' : pem.text, passphrase: secret },
    problems,
    warnings: isPlain ? [{ code: 'key_not_encrypted', path: PRIVATE_KEY }] : [],
  };
}

/** Whether all of the key pair is missing or blank, as where Box has none to give. */
function isWithoutKeyPair(appAuth: unknown): boolean {
  if (isBlank(appAuth)) return true;
  const fields = fieldsOf(appAuth);
  if (fields === undefined) return false;
  return ['publicKeyID', 'privateKey', 'passphrase'].every((name) => isBlank(fields[name]));
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function fieldsOf(value: unknown): Fields | undefined {
  return v.is(v.record(v.string(), v.unknown()), value) ? value : undefined;
}

/** An issue also holds the value: nothing but its kind and its field are taken over. */
function problemOf(issue: v.BaseIssue<unknown>): JwtConfigProblem {
  const path = JWT_CONFIG_FIELDS.find((field) => field === v.getDotPath(issue));
  return path === undefined ? { code: 'other_file' } : { code: codeOf(issue), path };
}

function codeOf({ type, input }: v.BaseIssue<unknown>): JwtFieldProblem {
  if (input === undefined || input === null) return 'missing';
  if (type === 'object') return 'not_a_group';
  if (type === 'picklist') return 'unknown_algorithm';
  if (type === 'string') return 'not_a_text';
  if (type === 'check') return 'no_enterprise';
  return type === 'non_empty' ? 'empty' : 'wrong_characters';
}

/** One problem of each field, in the order of the file. */
function inOrder(problems: readonly JwtConfigProblem[]): JwtConfigProblem[] {
  const ofFile = problems.filter((problem) => !('path' in problem));
  const ofFields = JWT_CONFIG_FIELDS.map((field) =>
    problems.find((problem) => 'path' in problem && problem.path === field),
  );
  return [...ofFile, ...ofFields.filter((problem) => problem !== undefined)];
}

function unusable(...problems: [JwtConfigProblem, ...JwtConfigProblem[]]): JwtConfigReading {
  return { kind: 'unusable', problems };
}

/** JSON without the commas that stand before a closing bracket. Commas in texts stay. */
function withoutTrailingCommas(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\[^])*"?|,(?=\s*[}\]])/g, (match) => (match === ',' ? '' : match));
}
