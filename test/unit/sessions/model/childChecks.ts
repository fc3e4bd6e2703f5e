import assert from 'node:assert/strict';
import * as v from 'valibot';
import { CHILDREN_KIND } from '../../../../src/sessions/downscoped/childRecord';
import { open } from '../../../../src/storage/store/envelope';
import type { Switches } from '../../../emulator/src';
import type { IssuedChild, IssuedChildren } from './issuedChildren';
import type { ScenarioTime } from './scenarioTime';
import type { SignInHistories, SignInHistory } from './signInHistories';
import type { WindowSlot, WindowSlots } from './windowSlots';
import { nameOf } from './subjects';

/** Dependencies of {@link ChildChecks}. */
export interface ChildChecksDependencies {
  readonly time: ScenarioTime;
  readonly slots: WindowSlots;
  readonly histories: SignInHistories;
  readonly children: IssuedChildren;
  readonly childRevocation: Switches['childRevocation'];
}

/** A child token, and the sign-in that it comes from. */
interface Born {
  readonly child: IssuedChild;
  readonly history: SignInHistory;
}

/** Holds the child tokens that Box honours, and those that are stored, against what became of their sessions. */
export class ChildChecks {
  constructor(private readonly dependencies: ChildChecksDependencies) {}

  /** Asserts that child tokens are dead with their session, that they are remembered until then, and nothing else is. */
  async checkEnd(): Promise<void> {
    for (const slot of this.dependencies.slots.all) {
      for (const born of await this.living(slot)) this.checkOne(slot, born);
      this.checkRecords(slot);
    }
  }

  private checkOne(slot: WindowSlot, { child, history }: Born): void {
    if (child.mayBeLost === true) return;
    const name = nameOf(history.signIn.subject);
    const isRefused = this.dependencies.childRevocation === 'refused';
    if (history.givenUp !== undefined || slot.window.store.isOver(history.session)) {
      assert.ok(isRefused, `a child token of ${name} outlives it`);
      return;
    }
    // What Box has refused to end is forgotten.
    if (isRefused && history.mayBeGivenUp === true) return;
    assert.ok(
      storedIn(slot, history.session).includes(child.token),
      `a child token of ${name} is not remembered`,
    );
  }

  /** Each token is stored once, with the session that it comes from, and no record is without any. */
  private checkRecords(slot: WindowSlot): void {
    const keys = [...slot.page.secrets.values.keys()].filter((key) => key.startsWith(PREFIX));
    for (const session of keys.map((key) => key.slice(PREFIX.length))) {
      const stored = storedIn(slot, session);
      assert.ok(stored.length > 0, 'a record of child tokens is empty');
      assert.equal(new Set(stored).size, stored.length, 'a child token is stored twice');
      assert.ok(
        stored.every((token) => this.isOf(token, session)),
        'a child token is stored with a session that it does not come from',
      );
    }
  }

  private isOf(token: string, session: string): boolean {
    const { children, histories } = this.dependencies;
    const subjectToken = children.subjectTokenOf(token);
    if (subjectToken === undefined) return false;
    return histories.isAdrift(subjectToken) || histories.ofToken(subjectToken)?.session === session;
  }

  /** The child tokens of a window's store that Box honours. */
  private async living({ page }: WindowSlot): Promise<readonly Born[]> {
    const { children, histories, time } = this.dependencies;
    const born: Born[] = [];
    for (const child of children.all) {
      const history = histories.ofToken(child.subjectToken);
      if (history?.store !== page.store) continue;
      if ((await time.tokenInfo(child.token)).live) born.push({ child, history });
    }
    return born;
  }
}

const PREFIX = `${CHILDREN_KIND.prefix}/`;

function storedIn({ page }: WindowSlot, session: string): readonly string[] {
  const stored = open(page.secrets.values.get(`${PREFIX}${session}`));
  if (stored.kind !== 'value') return [];
  return v.parse(CHILDREN_KIND.schema, stored.value).tokens.map(({ token }) => token);
}
