import assert from 'node:assert/strict';
import { PreferredAccount } from '../../../../src/sessions/store/preferredAccount';
import { sessionOf } from '../../support/sessions';

/** What VS Code's `Memento` is in these tests: it keeps what it is told a moment later. */
class SlowMemory {
  private readonly values = new Map<string, unknown>();

  get(key: string): unknown {
    return this.values.get(key);
  }

  async update(key: string, value: unknown): Promise<void> {
    await Promise.resolve();
    this.values.set(key, value);
  }
}

describe('PreferredAccount', () => {
  const sessions = [sessionOf('ann'), sessionOf('ben'), sessionOf('ben', { id: 'narrow' })];
  let memory: SlowMemory;
  let preferred: PreferredAccount;

  beforeEach(() => {
    memory = new SlowMemory();
    preferred = new PreferredAccount(memory);
  });

  it('is none until one is preferred', () => {
    assert.equal(preferred.among(sessions), undefined);
  });

  it('is the one that was set, by its id', async () => {
    await preferred.set('ben');
    assert.deepEqual(preferred.among(sessions), { id: 'ben', label: 'ben@example.com' });
    await preferred.set('ann');
    assert.equal(preferred.among(sessions)?.id, 'ann');
  });

  it('is remembered by a later window', async () => {
    await preferred.set('ben');
    assert.equal(new PreferredAccount(memory).among(sessions)?.id, 'ben');
  });

  it('is none while the account has no session, and is back with it', async () => {
    await preferred.set('ben');
    assert.equal(preferred.among([sessionOf('ann')]), undefined);
    assert.equal(preferred.among(sessions)?.id, 'ben');
  });

  it('is none again when it is taken back', async () => {
    await preferred.set('ben');
    await preferred.set(undefined);
    assert.equal(preferred.among(sessions), undefined);
  });

  it('tells of a change once it holds', async () => {
    const told: (string | undefined)[] = [];
    const subscription = preferred.onDidChange(() => told.push(preferred.among(sessions)?.id));
    await preferred.set('ann');
    await preferred.set('ben');
    await preferred.set(undefined);
    assert.deepEqual(told, ['ann', 'ben', undefined]);
    subscription.dispose();
    await preferred.set('ann');
    assert.equal(told.length, 3);
  });
});
