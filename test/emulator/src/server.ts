import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { readBody } from './body';
import { controlEndpoint } from './control';
import { routeOf } from './dispatch';
import { Exchange, send } from './exchange';
import { empty, readRequest } from './http';
import type { Model } from './model';
import { lowerAlphanumeric } from './random';

async function serve(model: Model, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = message;
  const body = await readBody(message);
  const refuse = (status: number): void => {
    send(model, lowerAlphanumeric(26), empty(status), response);
  };
  if (headers.host !== new URL(model.origin).host) {
    refuse(421);
    return;
  }
  if (body === undefined) {
    refuse(413);
    return;
  }
  const request = readRequest(method, url, headers, body);
  if (request.path.startsWith('/control/')) {
    send(model, request.id, controlEndpoint(model, request), response);
    return;
  }
  const route = routeOf(request.path);
  const endpoint = route?.endpoint ?? 'unknown';
  const recorded = model.recorder.record(request, endpoint, model.clock.now());
  const fault = model.faults.take(endpoint, request.form.get('grant_type'));
  await new Exchange({ model, route, request, response, recorded }).run(fault);
}

/** What a `node:http` server does with each request. */
export const listener =
  (model: Model): RequestListener =>
  (message, response) => {
    response.on('error', () => response.destroy());
    serve(model, message, response).catch(() => response.destroy());
  };
