import * as v from 'valibot';

/** How one of them is written. */
export const restrictionSchema = v.object({
  scope: v.string(),
  object: v.nullish(v.object({ type: v.string(), id: v.string(), name: v.nullish(v.string()) })),
});

/** The part of `restricted_to` that is kept (Box's OpenAPI: `ResourceScope`). Every property of an answer is optional. */
export const restrictionsSchema = v.pipe(
  v.nullish(v.array(restrictionSchema)),
  v.transform((list) => list ?? []),
);

/** A scope of a downscoped token, and the file or folder that it holds for. */
export type Restriction = v.InferOutput<typeof restrictionSchema>;
