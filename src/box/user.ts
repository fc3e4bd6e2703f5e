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
const id = v.union([text, v.pipe(v.number(), v.safeInteger(), v.transform(String))]);
const name = v.fallback(v.string(), '');

/**
 * The part of Box's user object that is kept. `enterprise` is null or absent for personal accounts. What is only shown
 * fails nobody's sign-in: where it cannot be read, it counts as absent.
 */
export const userSchema = v.object({
  id,
  login: text,
  name,
  enterprise: v.fallback(v.nullish(v.object({ id, name })), undefined),
});

/** A Box user, as `users/me` describes the owner of a token. */
export type BoxUser = v.InferOutput<typeof userSchema>;
