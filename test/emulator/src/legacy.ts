import { clientError } from './clientError';
import { found, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';

const withQuery = ({ query }: EmulatorRequest, path: string): string => {
  const text = new URLSearchParams(query.toObject()).toString();
  return text === '' ? path : `${path}?${text}`;
};

/**
 * The paths of Box's retired hosts (`www.box.com/api/oauth2/token` and the like). A client that follows the 302 of
 * the switch `legacyHosts` sends a GET without its form, and so can be caught.
 */
export function legacyEndpoint(model: Model, request: EmulatorRequest): Reply {
  if (model.switches.legacyHosts === 'off') return clientError(request, 404, 'not_found', 'Not Found');
  return found(`${model.origin}${withQuery(request, request.path.replace(/^\/api/, ''))}`);
}
