import {
  isLive,
  mainToken,
  type LiveSession,
  type SessionRecord,
} from '../../../../src/sessions/store/sessionRecord';
import type { DownscopedRequest } from '../../../../src/sessions/downscoped/scopeRequest';
import type { BoxClient } from '../../../../src/box/client';
import type { AuthorizationWindow } from '../../../../src/signIn/authorization';
import type { EmulatedBox } from '../../support/emulatedBox';
import type { SessionWindow } from '../../support/sessionWindow';
import type { ScenarioTime } from './scenarioTime';
import type { Action } from './plan';
import type { WindowSlot, WindowSlots } from './windowSlots';
import { PEOPLE, personOf, subjectOf, type Person, type Subject } from './subjects';

/** A token that a window handed out, and what Box made of it at that moment. */
export interface HandedOut {
  readonly id: string;
  readonly person: Person;
  readonly token: string;
  /** When, by the clock of the scenario. */
  readonly at: number;
  readonly isLive: boolean;
  /** Life that Box gave it then, in ms. */
  readonly left: number;
}

/** What became of an action. */
export interface Outcome {
  readonly action: Action;
  readonly slot?: WindowSlot | undefined;
  /** Who and what it was about, for those that are about a session. */
  readonly subject?: Subject | undefined;
  /** The session that it was about, if there was one before. */
  readonly target?: SessionRecord | undefined;
  /** Whether all that it could ask for would serve without waiting. */
  readonly isServed?: boolean;
  readonly began: number;
  readonly ended: number;
  readonly tokens?: readonly HandedOut[];
  readonly signedIn?: LiveSession;
  /** A sign-out that Box could not be told of. */
  readonly isPending?: boolean;
  readonly error?: unknown;
  /** Its host died in its midst. */
  readonly isCut?: boolean;
}

/** An action that is about to be done. */
export interface Prepared extends Pick<Outcome, 'action' | 'subject' | 'target' | 'slot'> {
  /** Does it. Never throws; gives undefined where there was nothing to do. */
  readonly run: () => Promise<Outcome | undefined>;
}

/** Does what people and Box do, in real windows, and tells what came of it. */
export class Actions {
  /** @param client Box's own way to end a session. */
  constructor(
    private readonly box: EmulatedBox,
    private readonly client: BoxClient,
    private readonly time: ScenarioTime,
    private readonly slots: WindowSlots,
  ) {}

  /** Decides what an action is about, on what its window knows now. */
  prepare(action: Action): Prepared {
    const slot = 'window' in action ? this.slots.at(action.window) : undefined;
    const target = targetOf(action, slot);
    const subject = target === undefined ? subjectIn(action) : subjectOf(target);
    const prepared = { action, slot, subject, target };
    const run = async (): Promise<Outcome | undefined> => {
      const began = this.time.now();
      const isServed = slot !== undefined && isServedIn(slot.window);
      const about = { ...prepared, began, isServed };
      try {
        const result = await this.act(action, slot, target);
        return result && { ...about, ended: this.time.now(), ...result };
      } catch (error) {
        return { ...about, ended: this.time.now(), error };
      }
    };
    return { ...prepared, run };
  }

  private async act(
    action: Action,
    slot: WindowSlot | undefined,
    target: SessionRecord | undefined,
  ): Promise<Partial<Outcome> | undefined> {
    if (action.action === 'boxEndsAll') {
      await this.time.busy(() => this.box.control.revokeUser(PEOPLE[action.person].id));
      return {};
    }
    if (slot === undefined) return undefined;
    if (action.action === 'get' || action.action === 'use') {
      return this.get(slot.window, action.scopes, action.action === 'use');
    }
    if (action.action === 'signIn') return { signedIn: await this.signIn(slot.window, action.subject) };
    return target && 'session' in action ? this.actOn(slot.window, action, target) : undefined;
  }

  private async actOn(
    window: SessionWindow,
    action: Extract<Action, { readonly session: number }>,
    target: SessionRecord,
  ): Promise<Partial<Outcome> | undefined> {
    const { signOut, refresher } = window;
    switch (action.action) {
      case 'boxEndsOne': {
        const { pair } = target;
        // It takes time where Box asks to wait.
        if (pair !== null) await this.client.revoke(this.box.identity(), mainToken(pair));
        return {};
      }
      case 'signOut':
        return { isPending: (await signOut.run(target.id)).state === 'pending' };
      case 'revoke':
        return { isPending: (await signOut.revoke(target.id)).state === 'pending' };
      case 'copy':
        return isLive(target) ? this.given(await refresher.freshToCopy(target)) : undefined;
      case 'refreshNow':
        return isLive(target) ? this.given(await refresher.refreshNow(target)) : undefined;
      case 'downscope':
        return isLive(target) ? this.downscope(window, target, action.isNew) : undefined;
    }
  }

  /** As a person signs in, who takes no time. */
  private async signIn(window: SessionWindow, { person, scopes }: Subject): Promise<LiveSession> {
    const somebody = window.person(PEOPLE[person].login);
    const atBox: AuthorizationWindow = {
      ...somebody,
      openBrowser: (url) => this.time.busy(() => somebody.openBrowser(url)),
    };
    return window.userSignIn.run(window.request({ scopes }), atBox);
  }

  private async get(
    window: SessionWindow,
    scopes: readonly string[],
    isUsed: boolean,
  ): Promise<Partial<Outcome>> {
    const sessions = await window.provider.getSessions(scopes, {});
    const ended = this.time.now();
    const judged = sessions.map(({ id, account, accessToken }) => this.judged(id, account.id, accessToken));
    const tokens = await Promise.all(judged);
    if (isUsed)
      await this.time.busy(() => Promise.all(sessions.map(({ accessToken }) => this.use(accessToken))));
    return { tokens, ended };
  }

  /** As the provider does it for another extension. */
  private async downscope(
    { sessions }: SessionWindow,
    target: LiveSession,
    isNew: boolean,
  ): Promise<Partial<Outcome>> {
    const { downscoped } = await sessions.loadLifecycle();
    const { parent, token } = await downscoped.session(target, DOWNSCOPED, isNew);
    return this.given({ ...parent, pair: token });
  }

  /** Calls Box's API with a token, which ends the one before it. */
  private async use(accessToken: string): Promise<void> {
    await fetch(`${this.box.origin}/2.0/folders/0`, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  private async given({ id, user, pair }: LiveSession): Promise<Partial<Outcome>> {
    const ended = this.time.now();
    return { tokens: [await this.judged(id, user.id, pair.accessToken)], ended };
  }

  private async judged(id: string, userId: string, token: string): Promise<HandedOut> {
    const at = this.time.now();
    const { live, expiresAt = 0 } = await this.time.tokenInfo(token);
    return { id, person: personOf(userId), token, at, isLive: live, left: expiresAt - at };
  }
}

/** What every session may be narrowed to. */
const DOWNSCOPED: DownscopedRequest = {
  asked: ['item_preview'],
  scopes: ['item_preview'],
  resource: undefined,
};

function targetOf(action: Action, slot: WindowSlot | undefined): SessionRecord | undefined {
  if (!('session' in action) || slot === undefined) return undefined;
  const sessions = slot.window.store.known();
  return sessions[action.session % sessions.length];
}

function subjectIn(action: Action): Subject | undefined {
  return 'subject' in action ? action.subject : undefined;
}

function isServedIn({ store, expiry }: SessionWindow): boolean {
  return store.known().every((session) => !isLive(session) || expiry.serves(session.pair));
}
