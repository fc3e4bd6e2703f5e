import fc from 'fast-check';

/** What every property is checked with: the same values each time, so that a run can be repeated. */
export const SAME_VALUES = { seed: 20_260_115 } as const;

const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

const character = fc
  .oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0x10ffff }).filter((c) => !isSurrogate(c)) },
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Texts of any characters that Unicode has, half of them plain ones or more. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: character });
