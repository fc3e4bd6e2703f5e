import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { duration, timeOfDay, waitingTime } from '../../../../src/ui/messages/time';
import { useEditor } from '../../support/standInEditor';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('duration', () => {
  const words: readonly (readonly [ms: number, words: string])[] = [
    [0, 'less than a minute'],
    [MINUTE - 1, 'less than a minute'],
    [MINUTE, '1 minute'],
    [2 * MINUTE - 1, '1 minute'],
    [2 * MINUTE, '2 minutes'],
    [HOUR, '60 minutes'],
    [2 * HOUR - 1, '119 minutes'],
    [2 * HOUR, '2 hours'],
    [24 * HOUR, '24 hours'],
    [24 * HOUR + HOUR - 1, '24 hours'],
  ];
  for (const [ms, expected] of words) {
    it(`calls ${ms} ms ${expected}`, () => {
      assert.equal(duration(ms), expected);
    });
  }
});

describe('waitingTime', () => {
  const words: readonly (readonly [ms: number, words: string])[] = [
    [MINUTE - 1, 'less than a minute'],
    [MINUTE, '1 minute'],
    [MINUTE + 1, '2 minutes'],
    [HOUR + 59 * MINUTE, '119 minutes'],
    [HOUR + 59 * MINUTE + 1, '2 hours'],
    [2 * HOUR + 1, '3 hours'],
    [24 * HOUR, '24 hours'],
  ];
  for (const [ms, expected] of words) {
    it(`calls ${ms} ms ${expected}, so that nobody comes back too early`, () => {
      assert.equal(waitingTime(ms), expected);
    });
  }
});

describe('timeOfDay', () => {
  const editor = useEditor();
  // In the time zone of this computer, as the person reads it.
  const at = (day: number, hour: number, minute: number): number =>
    new Date(2026, 0, day, hour, minute).getTime();

  it('gives today’s time alone', () => {
    assert.match(timeOfDay(at(15, 14, 32), at(15, 13, 35)), /^2:32\sPM$/);
  });

  it('gives the date too where it is another day’s, be it minutes away', () => {
    assert.match(timeOfDay(at(16, 0, 5), at(15, 23, 55)), /^Jan 16, 2026, 12:05\sAM$/);
    assert.match(timeOfDay(at(14, 23, 55), at(15, 0, 5)), /^Jan 14, 2026, 11:55\sPM$/);
  });

  it('speaks the language of VS Code', () => {
    editor().language = 'de';
    assert.equal(timeOfDay(at(15, 14, 32), at(15, 13, 35)), '14:32');
    assert.equal(timeOfDay(at(16, 14, 32), at(15, 13, 35)), '16.01.2026, 14:32');
  });
});
