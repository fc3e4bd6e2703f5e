import { authenticate, insufficientScope, type Caller } from './bearer';
import { json, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';
import { ALL_FILES, allows, itemOfResource, type RestrictedObject } from './token/downscope';

/** Whether a token may look at an item: it can read, and is not confined to another. */
export function mayRead({ token }: Caller, { type, id }: Pick<RestrictedObject, 'type' | 'id'>): boolean {
  const confinedTo = token.downscoped?.object;
  const inside = confinedTo === undefined || (confinedTo.type === type && confinedTo.id === id);
  return (
    inside && (allows(token, 'base_explorer') || token.scopes.some((scope) => /^(base|item)_/.test(scope)))
  );
}

/** `GET /2.0/folders/{id}` and `/2.0/files/{id}`: every item exists, so that scopes can be tried on something. */
export function itemsEndpoint(model: Model, request: EmulatorRequest): Reply {
  const caller = authenticate(model, request);
  const object = itemOfResource(`${model.origin}${request.path}`, model.origin) ?? ALL_FILES;
  if (!mayRead(caller, object)) throw insufficientScope();
  return json(200, object);
}
