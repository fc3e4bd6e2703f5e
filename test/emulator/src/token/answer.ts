import { json, type Reply } from '../http';
import type { Model } from '../model';
import type { AccessToken, RefreshToken } from '../tokens';

/** Box sets cookies on token answers, which a client must not keep. */
const COOKIES = [
  'box_visitor_id=emulator; Path=/; Secure; HttpOnly',
  'bv=EMULATOR; Path=/; Secure',
  'cn=1; Path=/; Secure',
  'site_preference=desktop; Path=/; Secure',
];

/** Box's answer with an access token and, for a sign-in, a refresh token; `expires_in` is in whole seconds. */
export function tokenReply(model: Model, access: AccessToken, refresh?: RefreshToken): Reply {
  const restrictedTo = model.switches.restrictedTo === 'present' ? { restricted_to: [] } : {};
  const body = {
    access_token: access.value,
    expires_in: model.tokens.secondsLeft(access),
    ...restrictedTo,
    ...(refresh === undefined ? {} : { refresh_token: refresh.value }),
    token_type: 'bearer',
  };
  return json(200, body, { 'Set-Cookie': COOKIES });
}
