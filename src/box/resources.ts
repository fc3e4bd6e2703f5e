/** What has an id of its own and can be read below `/2.0`. */
export type ItemKind = 'file' | 'folder';

/** A file or folder that a downscoped token is for. */
export interface BoxItem {
  readonly kind: ItemKind;
  readonly id: string;
  /** The token endpoint's `resource` (RFC 8693 §2.1): on Box's own API host, whatever base URL is configured. */
  readonly resource: string;
}

/** What a shared link leads to. Box takes no link with a password, and none to a web link. */
export interface BoxSharedLink {
  readonly kind: 'sharedLink';
  /** The token endpoint's `box_shared_link`: `https`, without query and fragment. */
  readonly url: string;
}

/** What a downscoped token can be confined to. */
export type BoxResource = BoxItem | BoxSharedLink;

/** Why a text names no resource. */
export type ResourceProblem =
  | 'empty'
  /** Neither an id, nor a path such as `file/123`, nor an address. */
  | 'unreadable'
  /** An address, but none of Box's. */
  | 'other_site'
  /** An address of Box that names neither a file, nor a folder, nor a shared link. */
  | 'no_item'
  /** A bookmark stored in Box, which tokens cannot be confined to. */
  | 'web_link';

/** What a text names; of a bare id nobody can tell whether it is a file's or a folder's. */
export type ReadResource =
  | BoxResource
  | { readonly kind: 'bareId'; readonly id: string }
  | { readonly kind: 'problem'; readonly problem: ResourceProblem };

const API_HOST = 'api.box.com';
const LONGEST_TEXT = 2048;
const BARE_ID = /^(?:0|[1-9]\d{0,19})$/;
/** An item in the web app, also one inside of what a shared link leads to: then the item alone is meant. */
const ITEM = /^(?:\/[sv]\/[^/]+)?\/(file|folder)s?\/(0|[1-9]\d{0,19})\/?$/;
const API_ITEM = /^\/2\.0\/(file|folder)s\/(0|[1-9]\d{0,19})\/?$/;
const SHARED_LINK = /^(\/[sv]\/[^/]+)\/?$/;
/** A note is a file (Box guide: box notes). */
const NOTE = /^\/notes\/(0|[1-9]\d{0,19})\/?$/;
/** Addresses of the web app before 2017, which still lead there: a folder's, and of a file in it. */
const FORMER_FOLDER = /^\/files\/\d+\/f\/(0|[1-9]\d{0,19})(?:\/[^/]*)?\/?$/;
const FORMER_FILE = /^\/files\/\d+\/f\/\d+\/\d+\/f_(0|[1-9]\d{0,19})\/?$/;
/** What precedes the path of an item or shared link that another page shows. */
const EMBEDDED = /^\/embed(?:_widget)?(?:\/0+)?(?=\/)/;
/** What people put around an address. */
const AROUND = /^(?:<(.*)>|"(.*)"|'(.*)'|“(.*)”)$/s;
const WEB_LINK = /\/web_?links?\/\d+\/?$/;

/** A file or folder by its id. */
export function itemOf(kind: ItemKind, id: string): BoxItem {
  return { kind, id, resource: `https://${API_HOST}/2.0/${kind}s/${id}` };
}

/**
 * Reads what a person or an extension names a file, folder or shared link by: `123`, `file/123`, an address of the
 * web app or of the API, also an embedded one, or a shared link, vanity links included. Brackets and quotes around it
 * are taken off.
 */
export function readResource(text: string): ReadResource {
  const input = unwrapped(text.trim());
  if (input === '') return problem('empty');
  if (BARE_ID.test(input)) return { kind: 'bareId', id: input };
  return readItem(ITEM, `/${input.replace(/^\//, '')}`) ?? readAddress(input);
}

function readAddress(input: string): ReadResource {
  const address = /^([a-z\d-]+\.)*box\.com\//i.test(input) ? `https://${input}` : input;
  const url = input.length <= LONGEST_TEXT && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return problem('unreadable');
  // `host` has the port, and Box has none; a user name is there to mislead.
  const isBox = /^([a-z\d-]+\.)*box\.com$/.test(url.host) && url.username + url.password === '';
  if (!isBox) return problem('other_site');
  const { host, pathname } = url;
  const found = host === API_HOST ? readItem(API_ITEM, pathname) : readWebAddress(host, pathname);
  return found ?? problem(WEB_LINK.test(pathname) ? 'web_link' : 'no_item');
}

function readWebAddress(host: string, address: string): BoxResource | undefined {
  const path = address.replace(EMBEDDED, '');
  const [, link] = SHARED_LINK.exec(path) ?? [];
  if (link !== undefined) return { kind: 'sharedLink', url: `https://${host}${link}` };
  const file = (NOTE.exec(path) ?? FORMER_FILE.exec(path))?.[1];
  const folder = FORMER_FOLDER.exec(path)?.[1];
  if (file !== undefined) return itemOf('file', file);
  return folder === undefined ? readItem(ITEM, path) : itemOf('folder', folder);
}

function unwrapped(text: string): string {
  const inside: readonly (string | undefined)[] = AROUND.exec(text)?.slice(1) ?? [];
  return inside.find((each) => each !== undefined)?.trim() ?? text;
}

function readItem(pattern: RegExp, path: string): BoxItem | undefined {
  const [, kind, id] = pattern.exec(path) ?? [];
  return id === undefined ? undefined : itemOf(kind === 'file' ? 'file' : 'folder', id);
}

function problem(why: ResourceProblem): ReadResource {
  return { kind: 'problem', problem: why };
}
