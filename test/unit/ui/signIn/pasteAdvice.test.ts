import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { PastedProblem } from '../../../../src/signIn/paste/pastedAnswer';
import { pasteAdvice } from '../../../../src/ui/signIn/pasteBox';

/** What each advice must say: what is wrong, and what to do. */
const MEANINGS: Readonly<Record<PastedProblem, RegExp>> = {
  empty: /^Copy the whole address/,
  too_long: /longer than an address.*Copy only.*address bar/,
  other_sign_in: /another sign-in or is incomplete.*Copy the whole address/,
  box_page: /address of a Box page.*Select Grant access/,
  box_error: /shows an error from Box.*administrator.*sign in again/,
  redirect_uri_mismatch: /redirect URI.*Register it.*Configure App.*sign in again/,
  no_code: /no code.*Select Grant access/,
  not_an_answer: /neither the address nor the code.*Copy the whole address/,
};

describe('pasteAdvice', () => {
  const problems = Object.keys(MEANINGS) as PastedProblem[];

  for (const problem of problems)
    describe(`for ${problem}`, () => {
      const text = pasteAdvice(problem);

      it('says what is wrong and what to do next, in two sentences at most', () => {
        assert.match(text, MEANINGS[problem]);
        assert.match(
          text,
          problem === 'empty' ? /^\p{Lu}[^.!?:]+\.$/u : /^\p{Lu}[^.!?:]+\. \p{Lu}[^.!?:]+\.$/u,
        );
        assert.ok(text.length < 160, `${text.length} characters`);
      });

      it('has no jargon in it', () => {
        assert.doesNotMatch(
          text,
          /\b(?:state|nonce|query|parameter|fragment|callback|port|URL|OAuth|PKCE|CSRF|token|encod\w*|pars\w*|invalid|malformed|null|undefined)\b|_/i,
        );
        // The Developer Console calls it so, and there it is to be entered.
        if (problem !== 'redirect_uri_mismatch') assert.doesNotMatch(text, /\bURI\b/);
      });
    });

  for (const problem of ['empty', 'not_an_answer'] satisfies PastedProblem[])
    it(`asks for what the address bar holds, because any page may stand there (${problem})`, () => {
      assert.match(pasteAdvice(problem), /whole address from your browser’s address bar.*whatever page/);
    });

  it('is another one for each problem', () => {
    assert.equal(new Set(problems.map(pasteAdvice)).size, problems.length);
  });
});
