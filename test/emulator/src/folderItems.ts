import { authenticate, insufficientScope } from './bearer';
import { json, type EmulatorRequest, type Reply } from './http';
import { mayRead } from './items';
import type { Model } from './model';

/** An item in Box's mini representation. */
interface Entry {
  readonly type: 'folder' | 'file' | 'web_link';
  readonly id: string;
  readonly sequence_id: string;
  readonly etag: string;
  readonly name: string;
}

const entry = (type: Entry['type'], id: string, name: string): Entry => ({
  type,
  id,
  sequence_id: '0',
  etag: '0',
  name,
});

/** What lies in everybody's root folder, in Box's order: folders first, then by name. Other folders are empty. */
export const ROOT_ENTRIES: readonly Entry[] = [
  entry('folder', '7000000001', 'Contracts'),
  entry('folder', '7000000002', 'Invoices'),
  entry('file', '7000000003', 'Welcome.pdf'),
  entry('web_link', '7000000004', 'Wiki'),
];

/** Box's default and its maximum. */
const LIMIT = 100;
const MAX_LIMIT = 1000;

function count(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

/** `GET /2.0/folders/{id}/items` with `offset` and `limit`: https://developer.box.com/reference/get-folders-id-items */
export function folderItemsEndpoint(model: Model, request: EmulatorRequest): Reply {
  const caller = authenticate(model, request);
  const [, id = '0'] = /^\/2\.0\/folders\/(\d+)\/items$/.exec(request.path) ?? [];
  if (!mayRead(caller, { type: 'folder', id })) throw insufficientScope();
  const all = id === '0' ? ROOT_ENTRIES : [];
  const limit = Math.min(count(request.query.get('limit'), LIMIT), MAX_LIMIT);
  const offset = count(request.query.get('offset'), 0);
  return json(200, {
    total_count: all.length,
    entries: all.slice(offset, offset + limit),
    offset,
    limit,
    order: [
      { by: 'type', direction: 'ASC' },
      { by: 'name', direction: 'ASC' },
    ],
  });
}
