/** An error code of Box, of Node.js or of OpenSSL, however long: words of one case, no digits. No token is so. */
const ERROR_CODE = /^(?:[a-z]+(?:_[a-z]+)+|[A-Z]+(?:_[A-Z]+)+)$/;

/**
 * Text of a server without anything that could be a token: it may echo what it was sent. Error codes stay.
 * @param known a word that is no token, such as the ID of a request.
 */
export function withoutTokens(text: string, known?: string): string {
  return text.replaceAll(/[\w!~+/=-]{28,}/g, (word) =>
    ERROR_CODE.test(word) || word === known ? word : '…',
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
  if (isOurs(error)) return oneLine(`${error.name}: ${error.message}`, error.requestId);
  const cause = error.cause instanceof Error ? ` (caused by ${oneLine(String(error.cause))})` : '';
  return [oneLine(String(error)) + cause, ...framesOf(error)].join('\n');
}

/** Classes of this extension's errors have a name and a code of their own, and Box's ID of a request is in some. */
function isOurs(error: Error): error is Error & { readonly requestId?: string } {
  return Object.hasOwn(error, 'name') && 'code' in error;
}

function oneLine(text: string, known?: string): string {
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
