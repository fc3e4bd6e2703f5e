import assert from 'node:assert/strict';
import { mainToken, type LiveSession } from '../../../../src/sessions/store/sessionRecord';
import { SEED } from '../../../emulator/src';
import { useEmulatedBox } from '../../support/emulatedBox';
import { SessionWindow, useMachine } from '../../support/sessionWindow';
import { passWaits } from '../../support/waits';

const DAY_MS = 24 * 3_600_000;

describe('RevocationSender', () => {
  const box = useEmulatedBox();
  const machine = useMachine();
  let window: SessionWindow;
  let session: LiveSession;

  beforeEach(async () => {
    window = new SessionWindow(box, machine());
    await window.configureApp();
    session = await window.signIn();
  });

  const sent = async (): Promise<number> => (await box.control.requests({ endpoint: 'revoke' })).length;

  it('waits as long as Box asked, whatever another revocation meets meanwhile', async () => {
    const second = await window.signIn({}, SEED.personalUserLogin);
    const headers = { 'retry-after': '600' };
    await box.control.fault({ endpoint: 'revoke', kind: 'status', status: 429, headers });
    await window.signOut.run(session.id);
    await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
    await passWaits(window.clock, window.signOut.run(second.id));
    await box.control.clearFaults();
    const before = await sent();
    assert.ok((await window.sender.sendAll()) > 500_000);
    assert.equal(await sent(), before);
  });

  it('drops none for its age by a clock that was slow when it was stored', async () => {
    const offline = new SessionWindow(box, machine());
    offline.clock.wallError = -61 * DAY_MS;
    await box.control.fault({ endpoint: 'revoke', kind: 'dropBefore', times: -1 });
    await passWaits(offline.clock, offline.signOut.run(session.id));
    await offline.signOut.idle();
    offline.clock.wallError = 0;
    await box.control.clearFaults();

    await box.control.fault({ endpoint: 'revoke', kind: 'status', status: 503, times: -1 });
    await passWaits(window.clock, window.sender.sendAll());
    assert.equal((await window.revocations.pending()).size, 1);

    await box.control.clearFaults();
    await window.sender.sendAll();
    assert.equal((await box.control.tokenInfo(mainToken(session.pair))).live, false);
  });
});
