import assert from 'node:assert/strict';
import { fromServer, plainText } from '../../../../src/ui/messages/userMessage';

describe('plainText', () => {
  const cases: [string, string, string][] = [
    ['leaves an ordinary name', 'Dana’s app (2026) – 界', 'Dana’s app (2026) – 界'],
    ['leaves no brackets of a link', '[a](b)', "'a'(b)"],
    ['makes one space of control characters', 'a\r\n\u0000\u001bb\u202Ec', 'a b c'],
    ['takes off space at the ends', ' \n a \t ', 'a'],
  ];
  for (const [name, text, expected] of cases) {
    it(name, () => {
      assert.equal(plainText(text), expected);
    });
  }

  it('cuts a long text, and shows that it did', () => {
    assert.equal(plainText('x'.repeat(200)), 'x'.repeat(200));
    assert.equal(plainText('x'.repeat(201)), `${'x'.repeat(200)}…`);
  });
});

describe('fromServer', () => {
  const cases: [string, string, string][] = [
    ['leaves an ordinary sentence', 'Invalid refresh token', 'Invalid refresh token'],
    ['leaves nothing of a link', '[a](command:b)', "'a''command:b'"],
    ['leaves out what can be a client secret, a code or a token', `a ${'K4hh'.repeat(8)} b`, 'a … b'],
    ['leaves out a token of the long form', `token 1!${'aB3-_'.repeat(20)}.`, 'token ….'],
    ['leaves words that are long', 'access_denied_insufficient', 'access_denied_insufficient'],
  ];
  for (const [name, text, expected] of cases) {
    it(name, () => {
      assert.equal(fromServer(text), expected);
    });
  }
});
