import * as v from 'valibot';
import type { BoxEndpoints } from './endpoints';
import { ApiRefusedError, UnexpectedResponseError } from './errors';
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
  try {
    const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
    return await accessTokenGrant({ endpoints }, grantType, parameters, refusalQuirks(sender));
  } catch (error) {
    if (!(error instanceof UnexpectedResponseError && BARE_REFUSALS.has(error.status))) throw error;
    throw new ApiRefusedError(error.status, undefined, error.requestId);
  }
}

function confinement(resource: BoxResource): Record<string, string> {
  return resource.kind === 'sharedLink' ? { box_shared_link: resource.url } : { resource: resource.resource };
}

/** The part of the API's `ClientError` that an OAuth error has too. */
const clientErrorSchema = v.object({ code: v.string(), message: v.optional(v.string()) });

/** Box documents no body for its 401. Where one is the API's `ClientError`, its code, or a challenge beside it, is read. */
function refusalQuirks(sender: Sender): Sender {
  return async (url, request) => {
    const response = await sender(url, request);
    const { ok, status, headers } = response;
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => undefined);
    if (ok || !v.is(clientErrorSchema, body) || 'error' in body) return response;
    if (headers.has('www-authenticate')) return new Response(null, { status, headers });
    return Response.json({ error: body.code, error_description: body.message }, { status, headers });
  };
}
