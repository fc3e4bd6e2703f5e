import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { invalidGrant, missingParameter, oauthError } from '../oauthError';
import { tokenReply } from './answer';
import { clientOfGrant } from './client';
import { subjectOf } from './subject';

/** What Box was seen to answer for a user that the access level does not reach. */
const subjectTypeError = (): Error =>
  oauthError('unauthorized_client', 'The "box_subject_type" value is unauthorized for this client_id');

/** The client credentials grant (RFC 6749 §4.4), for the subject in `box_subject_type` and `box_subject_id`. */
export function clientCredentialsGrant(model: Model, request: EmulatorRequest): Reply {
  const app = clientOfGrant(model, request, 'client_credentials');
  const type = request.form.get('box_subject_type');
  const id = request.form.get('box_subject_id');
  if (type === undefined) throw missingParameter('box_subject_type');
  if (id === undefined) throw missingParameter('box_subject_id');
  const user = subjectOf(model, app, type, id, subjectTypeError);
  if (user === undefined) throw invalidGrant('Grant credentials are invalid');
  const { clientId, scopes } = app;
  return tokenReply(model, model.issueToken({ clientId, userId: user.id, scopes }));
}
