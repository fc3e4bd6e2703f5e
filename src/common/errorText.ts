/** An error code of Box, of Node.js or of OpenSSL, however long: words of one case, no digits. No token is so. */
const ERROR_CODE = /^(?:[a-z]{2,20}(?:_[a-z]{2,20})+|[A-Z]{2,20}(?:_[A-Z]{2,20})+)$/;

/**
 * Text of a server without anything that could be a token: it may echo what it was sent. Error codes stay.
 * @param known words that are no token, such as the ID of a request.
 */
export function withoutTokens(text: string, known: readonly string[] = []): string {
  return text.replaceAll(/[\w!~+/=-]{28,}/g, (word) =>
    ERROR_CODE.test(word) || known.includes(word) ? word : '…',
  );
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
  if (isOurs(error)) return oneLine(`${error.name}: ${error.message}`, requestIdOf(error));
  const cause = error.cause instanceof Error ? ` (caused by ${oneLine(String(error.cause))})` : '';
  return [oneLine(String(error)) + cause, ...framesOf(error)].join('\n');
}

/** Classes of this extension's errors have a name and a code of their own. */
function isOurs(error: Error): boolean {
  return Object.hasOwn(error, 'name') && 'code' in error;
}

/** What Box's support asks for, which is as long as a token. */
function requestIdOf(error: Error): readonly string[] {
  return 'requestId' in error && typeof error.requestId === 'string' ? [error.requestId] : [];
}

function oneLine(text: string, known: readonly string[] = []): string {
  return withoutTokens(text.slice(0, MAX_MESSAGE), known).replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
}

/** Where it came from. Folders are left out: they name the user of the computer. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => `    ${line.trim().replaceAll(/[^\s(]*[/\\]/g, '')}`);
}
