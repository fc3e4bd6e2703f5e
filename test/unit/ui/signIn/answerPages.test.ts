import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { answerPageWords } from '../../../../src/ui/signIn/answerPages';

const EDITOR = 'Visual Studio Code';

describe('answerPageWords', () => {
  const words = answerPageWords(EDITOR);
  const all = [
    words.granted,
    words.notExpected,
    ...[undefined, 'access_denied', 'server_error'].map(words.refused),
  ];

  it('are whole sentences that send the person back to the editor', () => {
    for (const { title, heading, text } of all) {
      for (const said of [title, heading]) assert.match(said, /^\p{Lu}.{10,}[^.]$/u);
      assert.match(text, /return to Visual Studio Code/i);
      assert.match(text, /^\p{Lu}.*\.$/u);
      assert.doesNotMatch(`${title}${heading}${text}`, /\{\d\}|undefined/);
    }
    assert.equal(words.returnToEditor, 'Return to Visual Studio Code');
    assert.match(words.footer, /Box Authentication.*Visual Studio Code.*this computer/);
  });

  it('do not say that somebody is signed in, because the code is not exchanged yet', () => {
    assert.match(words.granted.text, /finishing the sign-in/);
    for (const { title, heading, text } of all)
      assert.doesNotMatch(`${title} ${heading} ${text}`, /signed in|success/i);
  });

  it('explain a denial in words, another error by its code, and one without a code at all', () => {
    assert.match(words.refused('access_denied').text, /^Access was denied on the Box page/);
    assert.match(words.refused('server_error').text, /^Box reported: server_error\./);
    assert.match(words.refused(undefined).text, /^Box reported an error\./);
  });

  it('are English where there is no translation, and know which way a language is written', () => {
    assert.deepEqual([words.lang, words.dir], ['en', 'ltr']);
    const directions = ['ar', 'he', 'fa', 'ur-PK', 'de', 'zh-cn', 'arn'].map(
      (lang) => answerPageWords(EDITOR, lang).dir,
    );
    assert.deepEqual(directions, ['rtl', 'rtl', 'rtl', 'rtl', 'ltr', 'ltr', 'ltr']);
  });
});
