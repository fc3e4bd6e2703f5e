import { createHash } from 'node:crypto';
import type { AccessToken } from '../tokens';

/** The file or folder that a downscoped token is for, in Box's mini representation. */
export interface RestrictedObject {
  readonly type: 'file' | 'folder';
  readonly id: string;
  readonly sequence_id: string;
  readonly etag: string;
  readonly name: string;
}

const READING = [
  'annotation_view_all',
  'annotation_view_self',
  'base_explorer',
  'base_picker',
  'base_preview',
  'base_sidebar',
  'item_preview',
  'item_read',
];

/** Root read access does not allow downloads, so `item_download` needs the write scope. */
const WRITING = [
  'annotation_edit',
  'base_upload',
  'item_delete',
  'item_download',
  'item_rename',
  'item_share',
  'item_upload',
];

/** Whether a scope is one of those that only downscoped tokens have, and that apply to an item. */
export const isItemScope = (scope: string): boolean => READING.includes(scope) || WRITING.includes(scope);

/** Whether a token may be narrowed to a scope: it has it, or has the right to files that it is a part of. */
export function allows({ scopes }: AccessToken, scope: string): boolean {
  if (scopes.includes(scope)) return true;
  const writes = scopes.includes('root_readwrite');
  if (WRITING.includes(scope)) return writes;
  return (
    (READING.includes(scope) || scope === 'root_readonly') && (writes || scopes.includes('root_readonly'))
  );
}

const item = (type: RestrictedObject['type'], id: string): RestrictedObject => ({
  type,
  id,
  sequence_id: '0',
  etag: '0',
  name: id === '0' ? 'All Files' : `Example ${type} ${id}`,
});

/** The root folder, which Box names where a token is for everything. */
export const ALL_FILES = item('folder', '0');

/** The item of a `resource` URL, on Box's host or the emulator's; undefined when it is no item's URL. */
export function itemOfResource(resource: string, origin: string): RestrictedObject | undefined {
  const path = [origin, 'https://api.box.com'].find((host) => resource.startsWith(`${host}/`));
  if (path === undefined) return undefined;
  const [, plural, id] = /^\/2\.0\/(files|folders)\/(\d+)\/?$/.exec(resource.slice(path.length)) ?? [];
  if (id === undefined) return undefined;
  return item(plural === 'files' ? 'file' : 'folder', id);
}

/** The file behind a shared link; always the same for one link. Undefined when it is no HTTPS URL. */
export function itemOfSharedLink(link: string): RestrictedObject | undefined {
  if (!URL.canParse(link) || !link.startsWith('https://')) return undefined;
  const id = createHash('sha256').update(link).digest().readUInt32BE(0);
  return item('file', String(id));
}
