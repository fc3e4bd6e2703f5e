import { clientError } from './clientError';
import type { EmulatorRequest, Reply } from './http';
import type { Model } from './model';
import { Refusal } from './refusal';
import { ROUTES, type Handler, type Route } from './routes';

const isMethod = (method: string, route: Route): method is keyof Route['methods'] =>
  Object.hasOwn(route.methods, method);

const methodNotAllowed =
  (route: Route): Handler =>
  (_model, request) => ({
    ...clientError(request, 405, 'method_not_allowed', 'Method Not Allowed'),
    headers: { ...clientError(request, 405, '', '').headers, Allow: Object.keys(route.methods).join(', ') },
  });

/** The route of a path; undefined when there is none. */
export const routeOf = (path: string): Route | undefined => ROUTES.find((route) => route.path.test(path));

function handlerOf(route: Route | undefined, method: string): Handler {
  if (route === undefined) return (_model, request) => clientError(request, 404, 'not_found', 'Not Found');
  const name = isMethod(method, route) ? method : '*';
  return route.methods[name] ?? methodNotAllowed(route);
}

/** Answers a request by its route; what an endpoint throws that is no `Refusal` becomes Box's 500. */
export function dispatch(model: Model, route: Route | undefined, request: EmulatorRequest): Reply {
  try {
    return handlerOf(route, request.method)(model, request);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    return clientError(request, 500, 'internal_server_error', String(error));
  }
}
