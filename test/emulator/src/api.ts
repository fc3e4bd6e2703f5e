import { authenticate } from './bearer';
import { clientError } from './clientError';
import type { EmulatorRequest, Reply } from './http';
import type { Model } from './model';

/** Every path of the API that the emulator does not have: 401 without a token, else 404. */
export function apiEndpoint(model: Model, request: EmulatorRequest): Reply {
  authenticate(model, request);
  return clientError(request, 404, 'not_found', 'Not Found');
}
