import * as v from 'valibot';

/** Fields to ask `users/me` for: `enterprise` is only sent when asked for by name (Box reference: get-users-me). */
export const USER_FIELDS = [
  'id',
  'name',
  'login',
  'status',
  'role',
  'enterprise',
  'avatar_url',
  'hostname',
  'is_platform_access_only',
] as const;

const text = v.pipe(v.string(), v.nonEmpty());

/** The part of Box's user object that is kept. `enterprise` is null or absent for personal accounts. */
export const userSchema = v.object({
  id: text,
  login: text,
  name: v.optional(v.string(), ''),
  enterprise: v.nullish(v.object({ id: v.string(), name: v.optional(v.string(), '') })),
});

/** A Box user, as `users/me` describes the owner of a token. */
export type BoxUser = v.InferOutput<typeof userSchema>;
