import * as vscode from 'vscode';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A span of time in words, rounded down: "57 minutes". `ms` is not negative. */
export function duration(ms: number): string {
  if (ms < MINUTE_MS) return vscode.l10n.t('less than a minute');
  if (ms < 2 * HOUR_MS) {
    const minutes = Math.floor(ms / MINUTE_MS);
    return minutes === 1 ? vscode.l10n.t('1 minute') : vscode.l10n.t('{0} minutes', minutes);
  }
  return vscode.l10n.t('{0} hours', Math.floor(ms / HOUR_MS));
}

/** The same for a time to wait, rounded up: who comes back after it does not come too early. */
export function waitingTime(ms: number): string {
  if (ms < MINUTE_MS) return duration(ms);
  const unit = ms <= 119 * MINUTE_MS ? MINUTE_MS : HOUR_MS;
  return duration(Math.ceil(ms / unit) * unit);
}

/** A time of day in the language of VS Code, with the date when it is not today's. Both in ms since the epoch. */
export function timeOfDay(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  const format = new Intl.DateTimeFormat(vscode.env.language, {
    timeStyle: 'short',
    ...(!isToday && { dateStyle: 'medium' }),
  });
  return format.format(at);
}
