import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { HandedOver } from '../../../../src/signIn/callback/callbackRouter';
import { handedOverText } from '../../../../src/ui/signIn/handedOver';

const RESPONSES = {
  code: { code: 'the-code' },
  denial: { error: 'access_denied', errorDescription: 'The user denied access' },
  error: { error: 'server_error' },
} as const;

/** What is said, by what became of the answer and what it says. */
const MEANINGS: Readonly<Record<HandedOver['outcome'], Record<keyof typeof RESPONSES, RegExp>>> = {
  taken: {
    code: /continues there/,
    denial: /^Access was denied.*in another window has ended.*sign in there/,
    error: /^Box refused.*in another window \(server_error\).*See that window for what to do next/,
  },
  left: {
    code: /can’t get it from here.*Copy the code.*30 seconds/,
    denial: /^Access was denied.*can’t be told from here.*Cancel/,
    error: /^Box refused.*\(server_error\), and that window can’t be told from here.*Cancel/,
  },
};

describe('handedOverText', () => {
  for (const outcome of ['taken', 'left'] as const)
    for (const kind of ['code', 'denial', 'error'] as const) {
      const text = handedOverText({ outcome, response: RESPONSES[kind] });

      it(`says how Box answered, and where to go on (${outcome}, ${kind})`, () => {
        assert.match(text, MEANINGS[outcome][kind]);
        assert.ok(!text.includes('the-code'));
      });

      if (kind !== 'code')
        it(`does not say that a sign-in that failed goes on (${outcome}, ${kind})`, () => {
          assert.doesNotMatch(text, /continues|goes on/);
        });
    }

  it('makes no link of what a server sends', () => {
    const error = 'x [Click](command:evil)';
    const text = handedOverText({ outcome: 'taken', response: { error } });
    assert.doesNotMatch(text, /\[|\]\(/);
  });
});
