import { Emitter } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import { parseCallback, type AuthorizationResponse, type Callback } from './callback';
import type { CallbackHandover, HandoverOutcome } from './callbackHandover';
import { sameNonce } from '../nonce';
import { CALLBACK_PATH } from './callbackPath';

/** A sign-in's wait for its callback. */
export interface PendingCallback {
  readonly response: Promise<AuthorizationResponse>;
  /** Stops waiting. A callback that comes later is ignored. */
  dispose(): void;
}

/** A callback that another window's sign-in awaited. */
export interface HandedOver {
  readonly outcome: Exclude<HandoverOutcome, 'unawaited'>;
  readonly response: AuthorizationResponse;
}

/**
 * Hands each callback to the sign-in whose nonce it carries, in this window or, by way of the hand-over, in another.
 * A nonce serves once; a callback that nobody awaits is ignored with a line in the log, because any web page can send
 * one.
 */
export class CallbackRouter {
  private readonly waiting = new Map<string, (response: AuthorizationResponse) => void>();
  private readonly handedOver = new Emitter<HandedOver>();

  /** Fires when a callback for another window's sign-in arrived here. */
  readonly onDidHandOver = this.handedOver.event;

  /** @param handover left out where there are no other windows. */
  constructor(
    private readonly log: Log,
    private readonly handover?: CallbackHandover,
  ) {}

  /** Starts waiting for the callback with this nonce, whichever window it arrives in. */
  async await(nonce: string): Promise<PendingCallback> {
    const response = new Promise<AuthorizationResponse>((resolve) => {
      this.waiting.set(nonce, resolve);
    });
    const elsewhere = await this.handover?.await(nonce, (answer) => {
      if (this.receive({ nonce, response: answer })) this.log.info('Another window handed the callback over');
    });
    return {
      response,
      dispose: () => {
        this.waiting.delete(nonce);
        elsewhere?.dispose();
      },
    };
  }

  /**
   * Takes a callback URI's path and query.
   * @returns whether a sign-in of this window awaited it.
   */
  handle(path: string, query: string): boolean {
    const callback = path === CALLBACK_PATH ? parseCallback(query) : undefined;
    if (callback === undefined) {
      this.log.info('Ignored a URI that is no answer of Box to a sign-in');
      return false;
    }
    if (this.receive(callback)) return true;
    this.passOn(callback).catch((error: unknown) => {
      this.log.warn(`A callback for another window could not be handed over: ${errorText(error)}`);
    });
    return false;
  }

  private receive(callback: Callback): boolean {
    const nonce = [...this.waiting.keys()].find((candidate) => sameNonce(candidate, callback.nonce));
    if (nonce === undefined) return false;
    this.waiting.get(nonce)?.(callback.response);
    this.waiting.delete(nonce);
    return true;
  }

  private async passOn(callback: Callback): Promise<void> {
    const outcome = (await this.handover?.give(callback)) ?? 'unawaited';
    if (outcome === 'unawaited') {
      this.log.info('Ignored a callback that no sign-in awaits (unknown or used state)');
      return;
    }
    if (outcome === 'left') this.log.warn('The window that awaits a callback did not take it');
    this.handedOver.fire({ outcome, response: callback.response });
  }
}
