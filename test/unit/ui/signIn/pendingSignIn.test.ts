import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { PendingSignIn } from '../../../../src/ui/signIn/pendingSignIn';
import { FakeClock, settle } from '../../support/fakeClock';
import { useEditor } from '../../support/standInEditor';

const URL_ON_BOX = 'https://account.box.com/api/oauth2/authorize?redirect_uri=http%3A%2F%2Flocalhost%2F%253F';
/** What each step that is offered runs. */
const COMMANDS = {
  'Copy Link': 'box-authentication.copySignInLink',
  'Paste the Address': 'box-authentication.pasteSignInAddress',
  'Having Trouble?': 'box-authentication.showSignInTrouble',
};

describe('PendingSignIn', () => {
  const editor = useEditor();
  let clock: FakeClock;
  let reports: string[];
  let window: PendingSignIn;

  beforeEach(() => {
    clock = new FakeClock();
    reports = [];
    const attempt = { appName: 'My app', method: 'redirectPage', otherMethods: [] } as const;
    window = new PendingSignIn(7, attempt, (message) => reports.push(message), clock);
  });

  const expectSteps = (steps: readonly (keyof typeof COMMANDS)[]): void => {
    const report = reports.at(-1) ?? '';
    for (const step of steps) {
      assert.ok(report.includes(`[${step}](command:${COMMANDS[step]}?%5B7%5D)`), `${step}: ${report}`);
    }
  };

  it('opens the address byte for byte, and offers at once to copy it and to paste', async () => {
    assert.equal(await window.openBrowser(URL_ON_BOX), true);
    assert.deepEqual(editor().opened, [URL_ON_BOX]);
    assert.match(reports.at(-1) ?? '', /^Waiting for you to grant access in your browser/);
    expectSteps(['Copy Link', 'Paste the Address']);
  });

  it('offers help when Box’s page has not led back after eight seconds, and not before', async () => {
    await window.openBrowser(URL_ON_BOX);
    await clock.advance(7999);
    assert.equal(reports.length, 1);
    await clock.advance(1);
    assert.match(reports.at(-1) ?? '', /^Still waiting for the Box page/);
    expectSteps(['Copy Link', 'Paste the Address', 'Having Trouble?']);
  });

  it('offers help in that time too while VS Code asks whether to open the page', async () => {
    editor().opens = new Promise(() => undefined);
    void window.openBrowser(URL_ON_BOX);
    await clock.advance(8000);
    assert.match(reports.at(-1) ?? '', /^Still waiting for the Box page/);
  });

  it('says at once that the browser did not open, and goes on saying so', async () => {
    editor().opens = false;
    assert.equal(await window.openBrowser(URL_ON_BOX), false);
    assert.match(reports.at(-1) ?? '', /^Your browser didn’t open/);
    expectSteps(['Copy Link', 'Paste the Address', 'Having Trouble?']);
    const count = reports.length;
    await clock.advance(60_000);
    assert.equal(reports.length, count);
  });

  it('says nothing more of the browser once the answer is there', async () => {
    let refuse: (isOpened: boolean) => void = () => undefined;
    editor().opens = new Promise((resolve) => (refuse = resolve));
    const opening = window.openBrowser(URL_ON_BOX);
    window.answered();
    refuse(false);
    await opening;
    await clock.advance(60_000);
    await settle();
    assert.equal(reports.at(-1), 'Finishing…');
    assert.deepEqual(clock.pending, []);
  });
});
