import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two nonces are the same, found out in a time that tells nothing about where they differ. */
export function sameNonce(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
