import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { ConsentQuestion } from '../../../../src/terminal/consents';
import { askConsent } from '../../../../src/ui/terminal/consentModal';
import { useEditor, type Shown } from '../../support/standInEditor';

const QUESTION: ConsentQuestion = {
  accountId: '1',
  accountLabel: 'ann@example.com',
  scopes: [],
  program: 'curl',
};

interface Button {
  readonly title: string;
  readonly isCloseAffordance?: boolean;
}

describe('askConsent', () => {
  const editor = useEditor();

  /** Asks, and gives what is shown: its options, its buttons, and how it is answered. */
  const ask = async (question: ConsentQuestion = QUESTION) => {
    const answered = askConsent(question);
    const shown: Shown = await editor().last();
    const [options, ...buttons] = shown.choices as [{ modal: boolean; detail: string }, ...Button[]];
    return { answered, shown, options, buttons };
  };

  it('says who asks for which account, that the name proves nothing, and what the token can do', async () => {
    const { shown, options, buttons } = await ask();
    assert.equal(shown.text, 'Allow “curl” to use the Box account ann@example.com?');
    assert.equal(options.modal, true);
    assert.match(options.detail, /what it calls itself/);
    assert.match(options.detail, /everything that this account’s session can/);
    assert.deepEqual(
      buttons.map(({ title }) => title),
      ['Allow Once', 'Allow in This Window', 'Deny'],
    );
  });

  it('names the scopes and the only place that the token is for', async () => {
    const resource = 'https://api.box.com/2.0/files/12';
    const { options } = await ask({ ...QUESTION, scopes: ['item_preview', 'item_download'], resource });
    assert.match(options.detail, /The token is for: item_preview, item_download/);
    assert.ok(options.detail.includes(`Only in: ${resource}`));
    assert.doesNotMatch(options.detail, /everything that/);
  });

  for (const [title, expected] of [
    ['Allow Once', 'once'],
    ['Allow in This Window', 'window'],
    ['Deny', 'deny'],
  ] as const) {
    it(`takes ${title} for what it is`, async () => {
      const { answered, shown, buttons } = await ask();
      shown.answer(buttons.find((button) => button.title === title));
      assert.equal(await answered, expected);
    });
  }

  it('lets closing the question deny it, as VS Code gives the button for it', async () => {
    const { buttons } = await ask();
    assert.deepEqual(
      buttons.filter(({ isCloseAffordance }) => isCloseAffordance === true).map(({ title }) => title),
      ['Deny'],
    );
  });

  it('takes a question that went away for no answer', async () => {
    const { answered, shown } = await ask();
    shown.answer(undefined);
    assert.equal(await answered, undefined);
  });
});
