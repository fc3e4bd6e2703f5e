import { createHash, timingSafeEqual } from 'node:crypto';
import { type Log } from '../log';
import { parseCallback, type AuthorizationResponse } from './callback';

/** A sign-in's wait for its callback. */
export interface PendingCallback {
  readonly response: Promise<AuthorizationResponse>;
  /** Stops waiting. A callback that comes later is ignored. */
  dispose(): void;
}

/**
 * Hands each callback to the sign-in whose nonce it carries. A nonce serves once; a callback that nobody awaits is
 * ignored with a line in the log, because any web page can send one.
 */
export class CallbackRouter {
  private readonly waiting = new Map<string, (response: AuthorizationResponse) => void>();

  constructor(private readonly log: Log) {}

  /** Starts waiting for the callback with this nonce. */
  await(nonce: string): PendingCallback {
    const response = new Promise<AuthorizationResponse>((resolve) => {
      this.waiting.set(nonce, resolve);
    });
    return {
      response,
      dispose: () => {
        this.waiting.delete(nonce);
      },
    };
  }

  /**
   * Takes a callback URI's path and query.
   * @returns whether a sign-in awaited it.
   */
  handle(path: string, query: string): boolean {
    const callback = path === '/callback' ? parseCallback(query) : undefined;
    if (callback === undefined) {
      this.log.info('Ignored a URI that is no answer of Box to a sign-in');
      return false;
    }
    const nonce = [...this.waiting.keys()].find((candidate) => equal(candidate, callback.nonce));
    if (nonce === undefined) {
      this.log.info('Ignored a callback that no sign-in in this window awaits (unknown or used state)');
      return false;
    }
    this.waiting.get(nonce)?.(callback.response);
    this.waiting.delete(nonce);
    return true;
  }
}

/** Compares in a time that tells nothing about where the two differ. */
function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
