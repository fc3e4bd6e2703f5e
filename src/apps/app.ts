import * as v from 'valibot';

const text = v.pipe(v.string(), v.trim(), v.nonEmpty());
/** Box's IDs are numbers that are written as text; in JSON people write them as what they look like. */
const boxId = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger(), v.minValue(0))]),
  v.transform(String),
  text,
);

/** A client ID as Box issues them is 32 letters and digits; what is checked is only that it can be one. */
export const clientIdSchema = v.pipe(text, v.regex(/^[\w.~-]+$/));

/** How an app authenticates: with a user's consent, or as itself (Box guide: authentication/select). */
export const AUTH_METHODS = ['oauth2', 'clientCredentials', 'jwt'] as const;

/** One entry of the setting `apps`: a Box app without its secret. */
export const appSchema = v.pipe(
  v.object({
    name: v.optional(text),
    authMethod: v.optional(v.picklist(AUTH_METHODS), 'oauth2'),
    clientId: clientIdSchema,
    enterpriseId: v.optional(boxId),
    userId: v.optional(boxId),
    publicKeyId: v.optional(text),
    scopes: v.optional(v.array(text), []),
  }),
  v.transform((app) => ({ ...app, name: app.name ?? app.clientId })),
);

/** A configured Box app. `scopes` are the application scopes to ask for; none means all that the app has. */
export type BoxApp = v.InferOutput<typeof appSchema>;

/** Whom a server-side app acts as: an enterprise's service account, or a user. */
export interface AppSubject {
  readonly type: 'enterprise' | 'user';
  readonly id: string;
}

/** Whom an app acts as. Undefined where a person signs in, and where the settings do not say. */
export function subjectOf({ authMethod, enterpriseId, userId }: BoxApp): AppSubject | undefined {
  if (authMethod === 'oauth2') return undefined;
  if (userId !== undefined) return { type: 'user', id: userId };
  return enterpriseId === undefined ? undefined : { type: 'enterprise', id: enterpriseId };
}

/** Whether two entries are of one client ID and act as the same subject: one of them is then too many. */
export function isSameApp(a: BoxApp, b: BoxApp): boolean {
  const [one, other] = [subjectOf(a), subjectOf(b)];
  const isSameSubject = one?.type === other?.type && one?.id === other?.id;
  return (
    a.clientId === b.clientId && isSameSubject && (a.authMethod === 'oauth2') === (b.authMethod === 'oauth2')
  );
}
