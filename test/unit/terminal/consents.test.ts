import assert from 'node:assert/strict';
import {
  Consents,
  type ConsentAnswer,
  type ConsentQuestion,
  type Wish,
} from '../../../src/terminal/consents';
import { TerminalError, type TerminalErrorCode } from '../../../src/terminal/errors';
import { FakeClock, settle } from '../support/fakeClock';

const MINUTE_MS = 60_000;
const ANN: Wish = { accountId: '1', accountLabel: 'ann@example.com', scopes: [] };
const BEN: Wish = { accountId: '2', accountLabel: 'ben@example.com', scopes: [] };
const PREVIEW: Wish = { ...ANN, scopes: ['item_preview', 'item_download'] };

describe('Consents', () => {
  let clock: FakeClock;
  let consents: Consents;
  let asked: { readonly question: ConsentQuestion; readonly answer: (answer: ConsentAnswer) => void }[];
  let outcomes: Record<string, string>;

  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    outcomes = {};
    consents = new Consents({
      ask: (question) => new Promise((answer) => asked.push({ question, answer })),
      clock,
    });
  });

  /** Demands consent; what becomes of it is in `outcomes`. */
  const demand = (name: string, wish = ANN, signal = new AbortController().signal): void => {
    outcomes[name] = 'waits';
    consents.demand(wish, name, signal).then(
      () => (outcomes[name] = 'allowed'),
      (error: unknown) => (outcomes[name] = codeOf(error)),
    );
  };
  const codeOf = (error: unknown): TerminalErrorCode => {
    assert.ok(error instanceof TerminalError, String(error));
    return error.code;
  };
  const answer = async (given: ConsentAnswer): Promise<void> => {
    asked.at(-1)?.answer(given);
    await settle();
  };

  it('asks with the account, the scopes and the program that asks first', async () => {
    demand('curl', { ...PREVIEW, resource: 'https://app.box.com/s/x' });
    await settle();
    const [{ question } = {}] = asked;
    assert.deepEqual(question, { ...PREVIEW, resource: 'https://app.box.com/s/x', program: 'curl' });
  });

  it('allows those who wait at that moment, once, and asks the next one anew', async () => {
    demand('a');
    demand('b');
    await settle();
    assert.equal(asked.length, 1);
    await answer('once');
    demand('c');
    await settle();
    assert.equal(asked.length, 2);
    assert.deepEqual({ ...outcomes }, { a: 'allowed', b: 'allowed', c: 'waits' });
  });

  it('allows the same wish in this window without another question, and no other wish', async () => {
    demand('a', PREVIEW);
    await settle();
    await answer('window');
    demand('same', { ...PREVIEW, scopes: PREVIEW.scopes.toReversed() });
    demand('everything');
    demand('narrower', { ...PREVIEW, scopes: ['item_preview'] });
    demand('elsewhere', { ...PREVIEW, resource: 'https://app.box.com/s/x' });
    await settle();
    assert.deepEqual(
      { ...outcomes },
      {
        a: 'allowed',
        same: 'allowed',
        everything: 'waits',
        narrower: 'waits',
        elsewhere: 'waits',
      },
    );
    assert.deepEqual([consents.allows('1'), consents.allows('2')], [true, false]);
  });

  it('shows one question at a time', async () => {
    demand('a');
    demand('b', BEN);
    await settle();
    assert.equal(asked.length, 1);
    await answer('deny');
    assert.equal(asked.length, 2);
    assert.equal(asked[1]?.question.accountId, '2');
    await answer('once');
    assert.deepEqual({ ...outcomes }, { a: 'denied', b: 'allowed' });
  });

  it('keeps a denial until the person wants to be asked again', async () => {
    demand('a');
    await settle();
    await answer('deny');
    demand('b');
    await settle();
    assert.deepEqual([outcomes['b'], asked.length], ['denied', 1]);
    assert.deepEqual(
      consents.denials('1').map(({ scopes }) => scopes),
      [[]],
    );
    consents.forgetDenials('2');
    assert.equal(consents.denials('1').length, 1);
    consents.forgetDenials('1');
    demand('c');
    await settle();
    assert.deepEqual([outcomes['c'], asked.length], ['waits', 2]);
  });

  it('lets nobody wait for more than a minute, and takes no answer for no denial', async () => {
    demand('a');
    await clock.advance(MINUTE_MS - 1);
    demand('b');
    assert.equal(outcomes['a'], 'waits');
    await clock.advance(1);
    assert.deepEqual({ ...outcomes }, { a: 'unanswered', b: 'waits' });
    await answer('once');
    assert.deepEqual({ ...outcomes }, { a: 'unanswered', b: 'allowed' });
    assert.deepEqual(consents.denials('1'), []);
    assert.deepEqual(clock.pending, []);
  });

  it('takes a late answer for those who come later', async () => {
    demand('a');
    await clock.advance(MINUTE_MS);
    await answer('window');
    demand('b');
    await settle();
    assert.deepEqual({ ...outcomes }, { a: 'unanswered', b: 'allowed' });
  });

  it('does not ask for a program that has gone', async () => {
    const gone = new AbortController();
    demand('a');
    demand('b', BEN, gone.signal);
    await settle();
    gone.abort();
    await answer('once');
    assert.equal(asked.length, 1);
    assert.deepEqual({ ...outcomes }, { a: 'allowed', b: 'unanswered' });
    demand('c', ANN, gone.signal);
    await settle();
    assert.deepEqual([outcomes['c'], asked.length], ['unanswered', 1]);
  });

  it('takes a question that could not be shown for no answer', async () => {
    consents = new Consents({ ask: () => Promise.reject(new Error('no window')), clock });
    demand('a');
    await settle();
    assert.equal(outcomes['a'], 'unanswered');
  });

  it('ends what is allowed of an account, and an answer to a question from before allows nothing', async () => {
    demand('a');
    await settle();
    await answer('window');
    demand('b', BEN);
    demand('c', PREVIEW);
    await settle();
    consents.end('1', 'signed_out');
    await settle();
    assert.deepEqual({ ...outcomes }, { a: 'allowed', b: 'waits', c: 'signed_out' });
    consents.end();
    await settle();
    assert.equal(outcomes['b'], 'unanswered');
    await answer('window');
    assert.deepEqual([consents.allows('1'), consents.allows('2')], [false, false]);
    demand('d', BEN);
    await settle();
    assert.deepEqual([outcomes['d'], asked.length], ['waits', 3]);
  });
});
