import { demandTokenAccess } from '../accountStates';
import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { invalidGrant, invalidRequest } from '../oauthError';
import { rotate } from '../rotation';
import type { TokenPair } from '../tokens';
import { tokenReply } from './answer';
import { clientOfGrant } from './client';

const EXPIRED = 'Refresh token has expired';

function livePair(model: Model, value: string, clientId: string): TokenPair {
  const { tokens, switches, recorder } = model;
  const pair = tokens.findPair(value);
  if (pair?.access.clientId !== clientId) throw invalidGrant('Invalid refresh token');
  if (tokens.isDead(pair.refresh)) {
    if (pair.refresh.spent) recorder.counters.refreshReuse += 1;
    throw invalidGrant(switches.refreshErrorText);
  }
  if (!tokens.isLive(pair.refresh)) throw invalidGrant(EXPIRED);
  return pair;
}

/** The refresh token grant (RFC 6749 §6), rotating as the switch `rotation` says. */
export function refreshTokenGrant(model: Model, request: EmulatorRequest): Reply {
  const { counters } = model.recorder;
  counters.refreshRequests += 1;
  const app = clientOfGrant(model, request, 'refresh_token');
  const value = request.form.get('refresh_token');
  if (value === undefined) throw invalidRequest('No "refresh_token" parameter found');
  const live = livePair(model, value, app.clientId);
  const user = model.users.get(live.access.userId);
  if (user === undefined) throw invalidGrant('Invalid refresh token');
  demandTokenAccess(user);
  const { pair, repeated } = rotate(model, live);
  counters[repeated ? 'refreshRepeats' : 'refreshes'] += 1;
  return tokenReply(model, pair.access, pair.refresh);
}
