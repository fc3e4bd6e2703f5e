import { mainToken, isLive, type LiveSession, type SessionRecord } from '../../../src/sessions/sessionRecord';
import type { BoxClient } from '../../../src/box/client';
import type { EmulatedBox } from '../support/emulatedBox';
import type { MachineTime } from './machineTime';
import type { HandedOut, Outcome } from './sessionModel';
import type { Action } from './sessionSteps';
import { PEOPLE, personOf, subjectOf, type Subject } from './subjects';
import type { SessionWindow } from './sessionWindow';

/** An action that is about to be done. */
export interface Prepared extends Pick<Outcome, 'action' | 'subject' | 'target'> {
  /** Does it. Never throws; gives undefined where there was nothing to do. */
  readonly run: () => Promise<Outcome | undefined>;
}

/** Does what people and Box do, in real windows, and tells what came of it. */
export class WindowActions {
  /**
   * @param client Box's own way to end a session.
   * @param at the window of a number.
   */
  constructor(
    private readonly box: EmulatedBox,
    private readonly client: BoxClient,
    private readonly time: MachineTime,
    private readonly at: (window: number) => SessionWindow,
  ) {}

  /** Decides what an action is about, on what its window knows now. */
  prepare(action: Action): Prepared {
    const target = this.targetOf(action);
    const subject = target === undefined ? subjectIn(action) : subjectOf(target);
    const prepared = { action, subject, target: target?.id };
    const run = async (): Promise<Outcome | undefined> => {
      try {
        const result = await this.act(action, target);
        return result && { ...prepared, ...result };
      } catch (error) {
        return { ...prepared, error };
      }
    };
    return { ...prepared, run };
  }

  private targetOf(action: Action): SessionRecord | undefined {
    if (!('session' in action)) return undefined;
    const sessions = this.at(action.window).book.known();
    return sessions[action.session % sessions.length];
  }

  private async act(
    action: Action,
    target: SessionRecord | undefined,
  ): Promise<Partial<Outcome> | undefined> {
    if (action.action === 'boxEndsAll') {
      await this.box.control.revokeUser(PEOPLE[action.person].id);
      return {};
    }
    const window = this.at(action.window);
    if (action.action === 'get' || action.action === 'use') {
      return this.get(window, action.scopes, action.action === 'use');
    }
    if (action.action === 'signIn') {
      const { person, scopes } = action.subject;
      return { signedIn: await window.signIn({ scopes }, PEOPLE[person].login) };
    }
    return target && this.actOn(window, action.action, target);
  }

  private async actOn(
    window: SessionWindow,
    action: Extract<Action, { readonly session: number }>['action'],
    target: SessionRecord,
  ): Promise<Partial<Outcome> | undefined> {
    const { ender, refresher } = window;
    switch (action) {
      case 'boxEndsOne':
        if (isLive(target)) await this.client.revoke(this.box.identity(), mainToken(target.pair));
        return {};
      case 'signOut':
        return { isPending: (await ender.signOut(target.id)).state === 'pending' };
      case 'revoke':
        await ender.revoke(target.id);
        return {};
      case 'copy':
        return isLive(target) ? this.given(await refresher.freshToCopy(target)) : undefined;
      case 'refreshNow':
        return isLive(target) ? this.given(await refresher.refreshNow(target)) : undefined;
    }
  }

  private async get(
    window: SessionWindow,
    scopes: readonly string[],
    isUsed: boolean,
  ): Promise<Partial<Outcome>> {
    const sessions = await window.provider.getSessions(scopes, {});
    const tokens = await Promise.all(
      sessions.map(({ id, account, accessToken }) => this.judged(id, account.id, accessToken)),
    );
    if (isUsed) await Promise.all(sessions.map(({ accessToken }) => this.use(accessToken)));
    return { tokens };
  }

  /** Calls Box's API with a token, which ends the one before it. */
  private async use(accessToken: string): Promise<void> {
    await fetch(`${this.box.origin}/2.0/folders/0`, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  private async given({ id, user, pair }: LiveSession): Promise<Partial<Outcome>> {
    return { tokens: [await this.judged(id, user.id, pair.accessToken)] };
  }

  private async judged(id: string, userId: string, accessToken: string): Promise<HandedOut> {
    const info = await this.box.control.tokenInfo(accessToken);
    return { id, person: personOf(userId), ...this.time.judge(info) };
  }
}

function subjectIn(action: Action): Subject | undefined {
  return 'subject' in action ? action.subject : undefined;
}
