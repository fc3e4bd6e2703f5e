import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { invalidGrant, missingParameter } from '../oauthError';
import { tokenReply } from './answer';
import { checkAssertion } from './assertion';
import { clientOfGrant } from './client';
import { subjectOf } from './subject';

/** The JWT bearer grant (RFC 7523 §2.1), for the subject in the claims `sub` and `box_sub_type`. */
export function jwtBearerGrant(model: Model, request: EmulatorRequest): Reply {
  const app = clientOfGrant(model, request, 'urn:ietf:params:oauth:grant-type:jwt-bearer');
  const assertion = request.form.get('assertion');
  if (assertion === undefined) throw missingParameter('assertion');
  const { sub, box_sub_type: type } = checkAssertion(model, app, assertion);
  const user = subjectOf(model, app, String(type), String(sub));
  if (user === undefined) throw invalidGrant("Please check the 'sub' claim. The 'sub' specified is invalid.");
  const { clientId, scopes } = app;
  return tokenReply(model, model.issueToken({ clientId, userId: user.id, scopes }));
}
