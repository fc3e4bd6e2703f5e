import { authenticate, insufficientScope } from './bearer';
import { clientError } from './clientError';
import { json, type EmulatorRequest, type Reply } from './http';
import { AVATAR } from './avatar';
import type { Model } from './model';
import { Refusal } from './refusal';
import type { EmulatorUser } from './types';

const CREATED = '2024-02-29T09:15:00-08:00';
const GIGABYTE = 1024 ** 3;

const mini = (user: EmulatorUser): object => ({
  type: 'user',
  id: user.id,
  name: user.name,
  login: user.login,
});

/** The fields of the standard representation, which Box sends when `fields` is absent. */
const standard = (model: Model, user: EmulatorUser): object => ({
  created_at: CREATED,
  modified_at: CREATED,
  language: 'en',
  timezone: 'America/Los_Angeles',
  space_amount: 10 * GIGABYTE,
  space_used: 3 * GIGABYTE,
  max_upload_size: 5 * GIGABYTE,
  status: user.status,
  job_title: '',
  phone: '',
  address: '',
  avatar_url: `${model.origin}/api/avatar/large/${user.id}`,
  notification_email: null,
});

const enterprise = (model: Model, user: EmulatorUser): object => {
  if (user.enterprise !== null) return { enterprise: user.enterprise };
  return model.switches.personalEnterprise === 'null' ? { enterprise: null } : {};
};

/** The fields that Box sends only when `fields` names them. */
const onRequest = (model: Model, user: EmulatorUser): object => ({
  role: user.role,
  tracking_codes: [],
  can_see_managed_users: user.role !== 'user',
  is_sync_enabled: true,
  is_external_collab_restricted: false,
  is_exempt_from_device_limits: false,
  is_exempt_from_login_verification: false,
  ...enterprise(model, user),
  my_tags: [],
  hostname: `${model.origin}/`,
  is_platform_access_only: user.isPlatformAccessOnly,
});

/** A user as Box shows one: standard without `fields`, else the mini fields and those that were named. */
function represent(model: Model, user: EmulatorUser, fields: string | undefined): object {
  if (fields === undefined) return { ...mini(user), ...standard(model, user) };
  const wanted = fields.split(',').map((name) => name.trim());
  const all = { ...standard(model, user), ...onRequest(model, user) };
  return {
    ...mini(user),
    ...Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name))),
  };
}

function demandSingleFields(request: EmulatorRequest): void {
  if (request.query.repeated() === undefined) return;
  throw new Refusal(clientError(request, 400, 'bad_request', 'A parameter is repeated'));
}

/** `GET /2.0/users/me`, with `fields`. */
export function usersMeEndpoint(model: Model, request: EmulatorRequest): Reply {
  model.recorder.counters.usersMe += 1;
  const { user } = authenticate(model, request);
  demandSingleFields(request);
  return json(200, represent(model, user, request.query.get('fields')));
}

const idIn = (path: string): string => path.split('/')[3] ?? '';

function otherUser(model: Model, request: EmulatorRequest): EmulatorUser {
  const { user, token } = authenticate(model, request);
  const id = idIn(request.path);
  if (id === 'me' || id === user.id) return user;
  const managing = ['manage_managed_users', 'manage_app_users'];
  if (!managing.some((scope) => token.scopes.includes(scope))) throw insufficientScope();
  const other = model.users.get(id);
  if (other === undefined) throw new Refusal(clientError(request, 404, 'not_found', 'Not Found'));
  return other;
}

/** `GET /2.0/users/{id}`: oneself, or anybody with a scope that manages users. */
export function usersEndpoint(model: Model, request: EmulatorRequest): Reply {
  const user = otherUser(model, request);
  demandSingleFields(request);
  return json(200, represent(model, user, request.query.get('fields')));
}

/** `GET /2.0/users/{id}/avatar`: JPEG bytes, or 404. */
export function avatarEndpoint(model: Model, request: EmulatorRequest): Reply {
  const user = otherUser(model, request);
  if (!user.hasAvatar) throw new Refusal(clientError(request, 404, 'not_found', 'Not Found'));
  return { status: 200, headers: { 'Content-Type': 'image/jpg' }, body: AVATAR };
}
