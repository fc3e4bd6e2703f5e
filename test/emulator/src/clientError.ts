import { json, type EmulatorRequest, type Reply } from './http';

const HELP_URL = 'https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors/';

/** A JSON error of Box's REST API (the `ClientError` schema). */
export const clientError = (
  request: EmulatorRequest,
  status: number,
  code: string,
  message: string,
  headers: Reply['headers'] = {},
): Reply =>
  json(
    status,
    { type: 'error', status, code, context_info: {}, help_url: HELP_URL, message, request_id: request.id },
    headers,
  );
