/** Longest pasted text that is looked at, in characters. An address with a code has a few hundred. */
export const MAX_PASTED_LENGTH = 16_384;

/** A query that may be in a pasted text. */
export interface PastedQuery {
  /** Without the question mark and the fragment. */
  readonly query: string;
  /** The text before it: the rest of its address, and what stands before that. */
  readonly before: string;
  /** How many changes to the text it takes to find the query there; 0 for none. */
  readonly rank: number;
}

/** How often a text may have been percent-encoded as a whole. */
export const MAX_DECODINGS = 3;
/** Bounds on how many queries a text is read as. */
const MAX_BREAKS = 24;
const MAX_STARTS = 16;
const MAX_QUERIES_IN_ONE = 4;
const MAX_PARAMETERS = 64;

/** Between the parts of a text: what never stands in an address, and then also what seldom does. */
const SEPARATORS = [/[\s"`<>{}|\\“”„‟‘’‚‛«»‹›]+/, /[\s"`<>{}|\\“”„‟‘’‚‛«»‹›'()[\]*]+/];
const AROUND = new Set('"`<>{}|\\“”„‟‘’‚‛«»‹›\'()[]*.,;:!?…。，');
/** A served VS Code has the query of a callback URI in a parameter of the address that the browser opens. */
const QUERY_START = /\?|vscode-query=/g;

const LINE_BREAK = '(?:[ \\t]{0,8}[\\r\\n]\\s{0,16})?';
const BROKEN_TRIPLET = new RegExp(`%${LINE_BREAK}([\\da-f])${LINE_BREAK}([\\da-f])`, 'gi');
const BETWEEN_TRIPLETS = new RegExp(`(?<=%[\\da-f]{2})${LINE_BREAK}(?=%[\\da-f]{2})`, 'gi');

/** The text as it is, and percent-decoded once and more often, each without invisible characters and HTML escapes. */
export function readingsOf(text: string): readonly string[] {
  const readings = [cleaned(text)];
  let last = readings[0] ?? '';
  while (readings.length <= MAX_DECODINGS) {
    const next = cleaned(percentDecoded(last));
    if (next === last) break;
    readings.push(next);
    last = next;
  }
  return readings;
}

/** The text without the space, quotes, brackets and punctuation around it. */
export function stripped(text: string): string {
  let [start, end] = [0, text.length];
  const isAround = (index: number): boolean =>
    AROUND.has(text.charAt(index)) || /\s/.test(text.charAt(index));
  while (start < end && isAround(start)) start++;
  while (start < end && isAround(end - 1)) end--;
  return text.slice(start, end);
}

/** Percent-decodes whatever can be, also where a line break has come between. What is no UTF-8 becomes U+FFFD. */
export function percentDecoded(text: string): string {
  return text
    .replaceAll(BROKEN_TRIPLET, '%$1$2')
    .replaceAll(BETWEEN_TRIPLETS, '')
    .replaceAll(/(?:%[\da-f]{2})+/gi, (triplets) =>
      Buffer.from(triplets.replaceAll('%', ''), 'hex').toString('utf8'),
    );
}

/**
 * The queries that a text may hold, those that need fewer changes first: in one of its parts, or in several that stand
 * one after the other, which somebody's mail program wrapped.
 */
export function queriesIn(text: string): readonly PastedQuery[] {
  const ways = SEPARATORS.map((separator) => {
    const parts = text.split(separator).filter((part) => part !== '');
    return { parts, starts: startsIn(parts) };
  });
  const found: PastedQuery[] = [];
  for (let breaks = 0; breaks <= MAX_BREAKS; breaks++)
    ways.forEach(({ parts, starts }, way) => {
      for (const { index, before } of starts) {
        if (index + breaks >= parts.length) continue;
        const joined = parts.slice(index, index + breaks + 1).join('');
        found.push(...queriesFrom(joined, before, breaks * ways.length + way));
      }
    });
  return found;
}

/** Where a query may begin: in a part with a question mark or an equals sign, or broken, in the one before. */
function startsIn(parts: readonly string[]): readonly { readonly index: number; readonly before: string }[] {
  const has = (part: string | undefined): boolean => part !== undefined && /[?=]/.test(part);
  const starts = [...parts.keys()].filter((index) => has(parts[index]) || has(parts[index + 1]));
  return starts.slice(0, MAX_STARTS).map((index) => ({ index, before: parts.slice(0, index).join(' ') }));
}

function queriesFrom(joined: string, before: string, rank: number): PastedQuery[] {
  const text = unescaped(stripped(joined));
  const starts = [...text.matchAll(QUERY_START)].slice(0, MAX_QUERIES_IN_ONE);
  const marks = starts.map(({ 0: mark, index }) => ({ at: index, from: index + mark.length }));
  const isQuery = !/^[^=]*\?/.test(text);
  return [...(isQuery ? [{ at: 0, from: 0 }] : []), ...marks].flatMap(({ at, from }) => {
    const query = stripped(text.slice(from).split('#', 1)[0] ?? '');
    if (query.split('&', MAX_PARAMETERS + 1).length > MAX_PARAMETERS) return [];
    return [{ query, before: `${before} ${text.slice(0, at)}`, rank }];
  });
}

/** Without invisible characters (\p{Cf}: zero-width ones, soft hyphens, directions) and HTML escapes. */
function cleaned(text: string): string {
  return unescaped(text.replaceAll(/\p{Cf}/gu, ''));
}

const ESCAPES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#34': '"',
  '#39': "'",
  nbsp: ' ',
};

function unescaped(text: string): string {
  return text
    .replaceAll(/&(?:(?:amp|#38|#x26);)+/gi, '&')
    .replaceAll(
      /&(lt|gt|quot|apos|nbsp|#34|#39);/gi,
      (_, name: string) => ESCAPES[name.toLowerCase()] ?? ' ',
    );
}
