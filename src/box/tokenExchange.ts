import * as v from 'valibot';
import type { BoxEndpoints } from './endpoints';
import { ApiRefusedError } from './errors';
import { requestIdOf } from './http';
import { accessTokenGrant, type AccessTokenResponse, type Sender } from './protocol';
import type { BoxResource } from './resources';

/** What a downscoped token is to be (RFC 8693 §2.1, Box guide on downscoping). */
export interface Downscoping {
  /** A live access token, which has every one of the scopes. */
  readonly subjectToken: string;
  /** One at least. */
  readonly scopes: readonly string[];
  /** The only file or folder that the token is for; unless given, all that the subject token reaches. */
  readonly resource?: BoxResource | undefined;
}

/** Statuses of a refusal that says nothing, which Box's API gives and its token endpoint may. */
const BARE_REFUSALS = new Set([401, 403, 404]);

/**
 * Exchanges an access token for a narrower one. Nothing of the client is sent, as Box's SDKs send nothing.
 * @param actorToken an annotator's assertion, whose name goes with what is done with the token.
 * @throws as {@link accessTokenGrant} does; and ApiRefusedError where Box refuses without an OAuth error. What was
 * refused, `exchangeRefusal` reads out of either.
 */
export async function tokenExchange(
  endpoints: BoxEndpoints,
  { subjectToken, scopes, resource }: Downscoping,
  sender: Sender,
  actorToken?: string,
): Promise<AccessTokenResponse> {
  const parameters = {
    subject_token: subjectToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope: scopes.join(' '),
    ...(resource && confinement(resource)),
    ...(actorToken !== undefined && {
      actor_token: actorToken,
      actor_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    }),
  };
  const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
  return accessTokenGrant({ endpoints }, grantType, parameters, refusalQuirks(sender));
}

function confinement(resource: BoxResource): Record<string, string> {
  return resource.kind === 'sharedLink' ? { box_shared_link: resource.url } : { resource: resource.resource };
}

/** The part of the API's `ClientError` that an OAuth error has too. */
const clientErrorSchema = v.object({ code: v.string(), message: v.optional(v.string()) });

/**
 * Box documents no body for its 401. Where one is the API's `ClientError`, its code, or a challenge beside it, is read. A
 * page with a 403 or 404 is somebody else's, and no refusal; whose a 401 is, asking for the token's user tells.
 */
function refusalQuirks(sender: Sender): Sender {
  return async (url, request) => {
    const response = await sender(url, request);
    const { ok, status, headers } = response;
    const text = await response.clone().text();
    const body = parsed(text);
    if (ok || (typeof body === 'object' && body !== null && 'error' in body)) return response;
    const isChallenged = headers.has('www-authenticate');
    if (v.is(clientErrorSchema, body)) {
      if (isChallenged) return new Response(null, { status, headers });
      return Response.json({ error: body.code, error_description: body.message }, { status, headers });
    }
    const isBare = text.trim() === '' || body !== undefined || status === 401;
    if (isBare && !isChallenged && BARE_REFUSALS.has(status))
      throw new ApiRefusedError(status, undefined, requestIdOf(headers));
    return response;
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
