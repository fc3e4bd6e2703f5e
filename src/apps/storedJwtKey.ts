import * as v from 'valibot';
import { JWT_ALGORITHMS } from '../box/jwtAlgorithms';

const text = v.pipe(v.string(), v.nonEmpty());

/** What a JWT app signs its assertions with (Box guide: authentication/jwt). Every field but the ID is secret. */
export const storedJwtKeySchema = v.object({
  /** PEM: PKCS #8, encrypted as Box makes it, or what a person has put in its place. */
  privateKey: text,
  /** Empty where the key is not encrypted. */
  passphrase: v.string(),
  /** Box's ID of the public half, the `kid` of an assertion. */
  publicKeyId: text,
  /** How to sign; RS256 where the file does not say. */
  algorithm: v.optional(v.picklist(JWT_ALGORITHMS)),
});

/** A JWT app's private key, as it is kept. */
export type StoredJwtKey = Readonly<v.InferOutput<typeof storedJwtKeySchema>>;
