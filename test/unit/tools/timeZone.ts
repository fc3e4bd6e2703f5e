/**
 * Does something while this process, and those that it starts, are in another time zone.
 *
 * @param zone Its name in the tz database, such as `Pacific/Kiritimati`.
 */
export async function inTimeZone<T>(zone: string, action: () => T | Promise<T>): Promise<T> {
  const before = process.env['TZ'];
  process.env['TZ'] = zone;
  try {
    return await action();
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
}
