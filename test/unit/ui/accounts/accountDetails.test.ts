import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import {
  detailLines,
  lifeBar,
  maskedToken,
  restrictedToOf,
  timeLeftOf,
} from '../../../../src/ui/accounts/accountDetails';

const NOW = Date.UTC(2026, 0, 2, 12);
const TOKEN = 'T9HE5MvWqP1nX7cRk2jWCl';

const session = (pair: Partial<NonNullable<SessionRecord['pair']>> | null = {}): SessionRecord => ({
  id: 'session1',
  origins: { account: 'https://account.box.com', api: 'https://api.box.com' },
  clientId: 'client1',
  appName: 'Example App',
  user: { id: '31', login: 'dana@example.com', name: 'Dana', enterprise: { id: '27', name: 'Works' } },
  account: { id: '31', label: 'dana@example.com' },
  scopes: ['root_readonly'],
  signedInAt: NOW,
  pair: pair && { accessToken: TOKEN, refreshToken: 'r', expiresIn: 3600, issuedAt: NOW, ...pair },
});

describe('accountDetails', () => {
  it('tells everything that is known, and never a token', () => {
    const restrictedTo = [{ scope: 'item_preview', object: { type: 'folder', id: '12', name: 'Plans' } }];
    const text = detailLines(session({ restrictedTo }), NOW).join('\n');
    for (const known of [
      'dana@example.com',
      'Enterprise: Works (27)',
      'App: Example App (client1)',
      'Scopes: root_readonly',
      'Limited to: item_preview (folder Plans)',
      'Box user ID: 31',
      'Token: ••••jWCl',
    ]) {
      assert.ok(text.includes(known), `${known} is not in ${text}`);
    }
    assert.ok(!text.includes(TOKEN.slice(0, 12)));
  });

  it('names a restriction by the ID of what has no name, and none where Box says nothing', () => {
    const restrictedTo = [
      { scope: 'item_preview', object: { type: 'file', id: '7' } },
      { scope: 'item_download' },
    ];
    assert.equal(
      restrictedToOf(session({ restrictedTo })),
      'Limited to: item_preview (file 7), item_download',
    );
    assert.equal(restrictedToOf(session()), undefined);
    assert.equal(restrictedToOf(session(null)), undefined);
  });

  it('calls no developer token renewable, not even after its end', () => {
    const developer: SessionRecord = { ...session(), credential: 'developerToken' };
    for (const now of [NOW, NOW + 3_600_000]) {
      assert.doesNotMatch(timeLeftOf(developer, now), /will be refreshed/);
    }
    assert.match(timeLeftOf(session(), NOW + 3_600_000), /will be refreshed/);
  });

  it('shows no token of a session that has ended', () => {
    assert.equal(maskedToken(session(null)), undefined);
    assert.equal(lifeBar(session(null), NOW), undefined);
  });

  it('draws the life that is left, never empty before the end and never full after the beginning', () => {
    const at = (seconds: number): string | undefined => lifeBar(session(), NOW + seconds * 1000);
    assert.equal(at(0), '▰'.repeat(12));
    assert.equal(at(1800), '▰'.repeat(6) + '▱'.repeat(6));
    assert.equal(at(3599), '▰' + '▱'.repeat(11));
    assert.equal(at(3600), undefined);
  });
});
