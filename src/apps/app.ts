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
