/**
 * Reads a `retry-after` header: seconds or a date (RFC 9110 §10.2.3).
 * @param header its value, where there is one.
 * @param now in ms since the epoch.
 * @returns how long to wait, in ms; undefined where the header does not say.
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
