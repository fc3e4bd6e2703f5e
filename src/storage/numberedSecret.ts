/** A stored value with the number of the write that stored it. */
export interface Numbered {
  readonly revision: number;
  /** Undefined where nothing is stored. */
  readonly value: string | undefined;
}

const NUMBER = /^\{"revision":(\d{1,15}),/;

/** Puts the number first into a JSON object. Anything else stays as it is, without a number. */
export function numbered(revision: number, value: string): string {
  return isObject(value) ? `{"revision":${revision},${value.replace(NUMBER, '{').slice(1)}` : value;
}

/** Reads a value's number. One without was not stored by us and counts as the newest: whoever reads it judges it. */
export function readNumber(stored: string | undefined): Numbered {
  if (stored === undefined) return { revision: 0, value: undefined };
  const number = NUMBER.exec(stored)?.[1];
  return { revision: number === undefined ? Infinity : Number(number), value: stored };
}

function isObject(value: string): boolean {
  try {
    return value.startsWith('{"') && typeof JSON.parse(value) === 'object';
  } catch {
    return false;
  }
}
