/** Text of a server without anything that could be a token: it may echo what it was sent. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/[\w!~+/=-]{28,}/g, '…');
}

/** Longest message of an error that is written, in characters. */
const MAX_MESSAGE = 500;
const MAX_FRAMES = 12;

/**
 * An error for the log: one of this extension by its name and message, which say everything; any other with its stack,
 * of which files keep their names alone. Nothing that could be a token is in it.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  if (isOurs(error)) return oneLine(`${error.name}: ${error.message}`);
  const cause = error.cause instanceof Error ? ` (caused by ${oneLine(String(error.cause))})` : '';
  return [oneLine(String(error)) + cause, ...framesOf(error)].join('\n');
}

/** Classes of this extension's errors have a name and a code of their own. */
function isOurs(error: Error): boolean {
  return Object.hasOwn(error, 'name') && 'code' in error;
}

function oneLine(text: string): string {
  return withoutTokens(text.slice(0, MAX_MESSAGE)).replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** Where it came from. Folders are left out: they name the user of the computer. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => `    ${line.trim().replaceAll(/[^\s(]*[/\\]/g, '')}`);
}
