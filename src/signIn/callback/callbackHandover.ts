import * as v from 'valibot';
import { sleep, type Clock } from '../../common/clock';
import type { Disposable } from '../../common/emitter';
import { errorText } from '../../common/errorText';
import type { Log } from '../../common/log';
import type { Secrets } from '../../storage/recordStore';
import type { AuthorizationResponse, Callback } from './callback';
import type { CallbackClaims } from './callbackClaims';

/** Dependencies of {@link CallbackHandover}. */
export interface CallbackHandoverDependencies {
  readonly claims: CallbackClaims;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of a callback that this window did not await: another took it, none awaited it, or none could take it. */
export type HandoverOutcome = 'taken' | 'unawaited' | 'left';

/** How long another window has to take a callback, in ms. Its code lives 30 s. */
const TAKING_MS = 4000;
const POLL_MS = 100;
/** In a served VS Code a callback may reach its own window and another; its own then ends its wait so soon, in ms. */
const OWN_WINDOW_MS = 300;

const responseSchema = v.union([
  v.object({ code: v.string() }),
  v.object({ error: v.string(), errorDescription: v.optional(v.string()) }),
]);

/**
 * Hands a callback that VS Code delivered to the wrong window to the one whose sign-in awaits it: through
 * SecretStorage, from which the receiver removes it before it uses it.
 */
export class CallbackHandover {
  constructor(private readonly dependencies: CallbackHandoverDependencies) {}

  /**
   * Tells other windows that this one awaits the callback with a nonce.
   * @param receive called with the answer that another window handed over.
   */
  async await(nonce: string, receive: (response: AuthorizationResponse) => void): Promise<Disposable> {
    const { claims, secrets, log } = this.dependencies;
    const name = claims.nameOf(nonce);
    await claims.claim(name);
    const subscription = secrets.onDidChange(({ key }) => {
      if (key !== keyOf(name)) return;
      this.take(key, receive).catch((error: unknown) => {
        log.warn(`A callback that another window handed over could not be read: ${errorText(error)}`);
      });
    });
    return {
      dispose: () => {
        subscription.dispose();
        void claims.release(name);
      },
    };
  }

  /** Gives a callback to whichever window awaits it. */
  async give({ nonce, response }: Callback): Promise<HandoverOutcome> {
    const { claims, secrets, clock, log } = this.dependencies;
    const name = claims.nameOf(nonce);
    if (!(await claims.isClaimed(name))) return 'unawaited';
    await sleep(clock, OWN_WINDOW_MS);
    if (!(await claims.isClaimed(name))) return 'unawaited';
    const key = keyOf(name);
    try {
      await secrets.write(key, response);
      for (let waited = 0; waited < TAKING_MS; waited += POLL_MS) {
        if ((await secrets.get(key)).kind === 'absent') return 'taken';
        await sleep(clock, POLL_MS);
      }
      await secrets.delete(key);
    } catch (error) {
      log.warn(`A callback could not be handed over: ${errorText(error)}`);
    }
    return 'left';
  }

  private async take(key: string, receive: (response: AuthorizationResponse) => void): Promise<void> {
    const { secrets } = this.dependencies;
    const stored = await secrets.get(key);
    if (stored.kind !== 'value') return;
    await secrets.delete(key);
    const response = v.parse(responseSchema, stored.value);
    if ('code' in response) receive(response);
    else {
      const { error, errorDescription } = response;
      receive({ error, ...(errorDescription !== undefined && { errorDescription }) });
    }
  }
}

function keyOf(name: string): string {
  return `callback/${name}`;
}
