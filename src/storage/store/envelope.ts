import * as v from 'valibot';
import { parseJson } from '../../common/json';

/** Version of the envelope that values are stored in. */
const VERSION = 2;

/** What SecretStorage holds under a key. */
export type Stored =
  | { readonly kind: 'absent'; readonly revision: 0 }
  | StoredValue
  /** Written by a later version of this extension: never changed, moved or dropped by this one. */
  | { readonly kind: 'newer'; readonly revision: number }
  /** Nothing that any version of this extension wrote. */
  | { readonly kind: 'damaged'; readonly revision: 0; readonly text: string };

/** A value of ours. */
export interface StoredValue {
  readonly kind: 'value';
  /** Number of the write that stored it, by the store's index. 0 where no window numbered it. */
  readonly revision: number;
  readonly value: object;
  /** Fields of the envelope that a later release added. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whether a release before the envelope stored it. Its revision is then 0. */
  readonly isEarlier?: boolean;
}

/** Nothing stored. */
export const ABSENT = { kind: 'absent', revision: 0 } as const;

const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const versionSchema = v.looseObject({ version: number });
const envelopeSchema = v.looseObject({
  version: v.literal(VERSION),
  revision: number,
  writer: v.string(),
  value: v.record(v.string(), v.unknown()),
});
/** A record as releases before the envelope stored it: its version and a number among its fields. */
const earlierSchema = v.looseObject({ version: v.literal(1), revision: v.optional(v.unknown()) });

/**
 * Puts a value into its envelope, which begins with its version.
 * @param writer the host that stores it.
 * @param before what is stored there now: what a later release added to its envelope is kept.
 */
export function seal(value: object, revision: number, writer: string, before: Stored): string {
  const extra = before.kind === 'value' ? before.extra : undefined;
  return JSON.stringify({ version: VERSION, revision, writer, value, ...extra });
}

/** Reads a stored text. Records of earlier versions are migrated here, and nowhere else. */
export function open(text: string | undefined): Stored {
  if (text === undefined) return ABSENT;
  const parsed = parseJson(text);
  if (v.is(envelopeSchema, parsed)) {
    const { revision, value } = parsed;
    const extra = without(parsed, ['version', 'revision', 'writer', 'value']);
    return { kind: 'value', revision, value, ...(Object.keys(extra).length > 0 && { extra }) };
  }
  const earlier = v.safeParse(earlierSchema, parsed);
  if (earlier.success) {
    const value = without(earlier.output, ['version', 'revision']);
    return { kind: 'value', revision: 0, value, isEarlier: true };
  }
  if (v.is(versionSchema, parsed) && parsed.version > VERSION) {
    return { kind: 'newer', revision: v.is(number, parsed['revision']) ? parsed['revision'] : 0 };
  }
  return { kind: 'damaged', revision: 0, text };
}

function without(fields: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
