import fc from 'fast-check';

/** What can happen to a text between the browser's address bar and the editor. */
type Mangling = (text: string) => string;

/** Percent-encodes a text whole, as a mail filter or a form does. */
export const percentEncoded: Mangling = (text) => encodeURIComponent(text);

/** Breaks a text into lines of `width` characters, as a mail program does. */
export const wrapped = (text: string, width: number, lineBreak: string): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? []).join(lineBreak);

const withInvisible = (text: string, every: number, character: string): string =>
  wrapped(text, every, character);

/** Each thing that can happen, by what the text is then. */
export const MANGLINGS: Readonly<Record<string, Mangling>> = {
  'between spaces': (text) => `  ${text}\t\r\n`,
  'between spaces that do not break': (text) => `\u00a0\u3000${text}\u00a0`,
  'in straight quotes': (text) => `"${text}"`,
  'in single quotes': (text) => `'${text}'`,
  'in curly quotes': (text) => `“${text}”`,
  'in single curly quotes': (text) => `‘${text}’`,
  'in guillemets': (text) => `«${text}»`,
  'in angle brackets': (text) => `<${text}>`,
  'in backticks': (text) => `\`\`\`\n${text}\n\`\`\``,
  'in parentheses': (text) => `(${text})`,
  'in bold type': (text) => `**${text}**`,
  'before a full stop': (text) => `${text}.`,
  'before a comma': (text) => `${text},`,
  'before a question mark': (text) => `${text}?!`,
  'a Markdown link': (text) => `[the page that I see](${text})`,
  'in a sentence': (text) => `Here you are: ${text} – and now?`,
  'in a sentence with other lines': (text) => `Hi!\r\nI ended on\r\n\r\n${text}\r\n\r\nIs it right?\r\nDana`,
  'without its scheme': (text) => text.replace(/^https?:\/\//, ''),
  'in capitals up to its path': (text) => text.replace(/^https?:\/\/[^/?]+/, (host) => host.toUpperCase()),
  'before a fragment': (text) => `${text}#_=_`,
  'wrapped at 72 characters': (text) => wrapped(text, 72, '\n'),
  'wrapped at 40 characters, and indented': (text) => wrapped(text, 40, '\r\n    '),
  'sprinkled with zero-width spaces': (text) => withInvisible(text, 7, '\u200b'),
  'sprinkled with soft hyphens': (text) => withInvisible(text, 5, '\u00ad'),
  'after a byte order mark': (text) => `\ufeff${text}`,
  'escaped for HTML': (text) => text.replaceAll('&', '&amp;'),
  'percent-encoded': percentEncoded,
  'percent-encoded in small letters': (text) =>
    percentEncoded(text).replaceAll(/%../g, (triplet) => triplet.toLowerCase()),
};

/** What somebody may copy of an address with an answer. */
const forms = (code: string, nonce: string): string[] => {
  const query = `code=${code}&state=${nonce}`;
  const inUri = (uri: string): string => encodeURIComponent(encodeURIComponent(`${uri}nonce=${nonce}`));
  return [
    `http://127.0.0.1:17160/callback?${query}`,
    `http://localhost:61234/callback?state=${nonce}&code=${code}`,
    `HTTP://127.0.0.1:24160/callback?${query}#_=_`,
    `127.0.0.1:31160/callback?${query}`,
    `?${query}`,
    query,
    `state=${nonce}&code=${code}`,
    `https://vscode.dev/redirect?code=${code}&state=${inUri('vscode://vscode-box.box-authentication/callback?')}`,
    `vscode://vscode-box.box-authentication/callback?nonce=${nonce}&code=${code}`,
  ];
};

const outer: fc.Arbitrary<Mangling> = fc.oneof(
  fc.constantFrom(...Object.values(MANGLINGS).filter((mangle) => !isEncoding(mangle))),
  fc.tuple(fc.integer({ min: 40, max: 80 }), fc.constantFrom('\n', '\r\n', '\n  ', ' \n')).map(
    ([width, lineBreak]) =>
      (text: string) =>
        wrapped(text, width, lineBreak),
  ),
  fc
    .tuple(fc.integer({ min: 5, max: 60 }), fc.constantFrom('\u200b', '\u2060', '\ufeff', '\u00ad', '\u200e'))
    .map(
      ([every, character]) =>
        (text: string) =>
          withInvisible(text, every, character),
    ),
);

function isEncoding(mangle: Mangling): boolean {
  return mangle('=') !== '=' && decodeURIComponent(mangle('=')) !== mangle('=');
}

/** Addresses and queries with an answer, mangled in one way, and perhaps percent-encoded once, before or after that. */
export const mangled = (code: string, nonce: string): fc.Arbitrary<string> => {
  const encoding = fc.constantFrom<Mangling>((text) => text, percentEncoded);
  return fc
    .tuple(fc.constantFrom(...forms(code, nonce)), outer, encoding, fc.boolean())
    .map(([form, mangle, encode, isFirst]) => (isFirst ? mangle(encode(form)) : encode(mangle(form))));
};
