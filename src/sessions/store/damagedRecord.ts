import * as v from 'valibot';
import { originsSchema } from '../../box/originsSchema';
import type { RevocationRequest } from '../tokens/pendingRevocations';

/**
 * Reads out of a damaged record of a session, which may be cut off or of no form at all, what revokes its tokens.
 * @returns undefined where not enough of it can be read
 */
export function readRevocation(text: string): RevocationRequest | undefined {
  const field = (name: string): string | undefined => {
    const quoted = new RegExp(`"${name}"\\s*:\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(text)?.[1];
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), v.string()), quoted);
    return result.success ? result.output : undefined;
  };
  const clientId = field('clientId');
  const token = field('refreshToken') ?? field('accessToken');
  const origins = /"origins"\s*:\s*(\{[^{}]*\})/.exec(text)?.[1];
  const known = v.safeParse(v.pipe(v.string(), v.parseJson(), originsSchema), origins);
  if (clientId === undefined || token === undefined || !known.success) return undefined;
  const appName = field('appName') ?? clientId;
  return { origins: known.output, clientId, appName, label: field('login') ?? appName, token };
}
