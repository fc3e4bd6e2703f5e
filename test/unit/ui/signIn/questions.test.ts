import assert from 'node:assert/strict';
import { ANSWER_LIMIT_MS, Questions } from '../../../../src/ui/signIn/questions';
import { FakeClock, settle } from '../../support/fakeClock';

describe('Questions', () => {
  let clock: FakeClock;
  let questions: Questions;
  let shown: Shown[];
  let late: number;

  beforeEach(() => {
    clock = new FakeClock();
    questions = new Questions(clock);
    shown = [];
    late = 0;
  });

  const ask = (key = 'the same'): Promise<string | undefined> =>
    questions.ask<string>({
      key,
      show: (signal) =>
        new Promise((answer) => {
          shown.push({ answer, signal });
        }),
      answeredTooLate: () => {
        late += 1;
      },
    });

  const isOver = (): boolean[] => shown.map(({ signal }) => signal.aborted);

  it('gives the answer, and leaves no timer', async () => {
    const answer = ask();
    await settle();
    shown[0]?.answer('yes');
    assert.equal(await answer, 'yes');
    assert.deepEqual([clock.pending, late], [[], 0]);
  });

  it('gives none where the person closed the question', async () => {
    const answer = ask();
    await settle();
    shown[0]?.answer(undefined);
    assert.equal(await answer, undefined);
  });

  it('gives none when nobody has answered for five minutes, and not before', async () => {
    let given: string | undefined = 'waiting';
    void ask().then((answer) => (given = answer));
    await clock.advance(5 * 60_000 - 1);
    await settle();
    assert.equal(given, 'waiting');
    assert.deepEqual(isOver(), [false]);
    await clock.advance(1);
    assert.equal(given, undefined);
    assert.deepEqual(isOver(), [true]);
  });

  it('tells that an answer came too late', async () => {
    const answer = ask();
    await clock.advance(ANSWER_LIMIT_MS);
    await answer;
    assert.equal(late, 0);
    shown[0]?.answer('yes');
    await settle();
    assert.equal(late, 1);
  });

  it('says nothing when a question is closed that nobody waits for any more', async () => {
    const answer = ask();
    await clock.advance(ANSWER_LIMIT_MS);
    await answer;
    shown[0]?.answer(undefined);
    await settle();
    assert.equal(late, 0);
  });

  it('puts equal questions one after the other, each with its own answer', async () => {
    const answers = [ask(), ask()];
    await settle();
    assert.equal(shown.length, 1);
    shown[0]?.answer('first');
    await settle();
    assert.equal(shown.length, 2);
    shown[1]?.answer('second');
    assert.deepEqual(await Promise.all(answers), ['first', 'second']);
  });

  it('puts an equal question when the one before got no answer or failed', async () => {
    const unanswered = ask();
    await clock.advance(ANSWER_LIMIT_MS);
    assert.equal(await unanswered, undefined);
    const failing = questions.ask({ key: 'the same', show: () => Promise.reject(new Error('no window')) });
    const last = ask();
    await assert.rejects(failing, /no window/);
    await settle();
    shown[1]?.answer('yes');
    assert.equal(await last, 'yes');
  });

  it('gives the second of two equal questions its own five minutes', async () => {
    void ask();
    const second = ask();
    await clock.advance(ANSWER_LIMIT_MS);
    await clock.advance(ANSWER_LIMIT_MS - 1);
    shown[1]?.answer('yes');
    assert.equal(await second, 'yes');
  });

  it('puts different questions at the same time', async () => {
    const [one, other] = [ask('one'), ask('other')];
    await settle();
    shown[1]?.answer('other');
    assert.equal(await other, 'other');
    shown[0]?.answer('one');
    assert.equal(await one, 'one');
  });
});

interface Shown {
  readonly answer: (answer: string | undefined) => void;
  readonly signal: AbortSignal;
}
