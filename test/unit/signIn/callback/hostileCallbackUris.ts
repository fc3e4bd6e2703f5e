import fc from 'fast-check';
import { anyText } from '../../support/property';
import { hostileBytes } from '../methods/hostileRequests';

/** A callback URI as VS Code hands it over. */
export interface HostileCallback {
  readonly path: string;
  readonly query: string;
}

// In each, `{nonce}` stands for the nonce of the sign-in that waits, and something makes it none that Box's page,
// asked by this window, could cause.

const CODE = 'code=Hh7sT1leC0de0fN0b0dyWh0Sh0uldGet';
const PATH = '/callback';

/** Texts that an attacker would try, with a few that look like secrets. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  anyText,
  fc.constantFrom(
    '<script>alert("secret words")</script>',
    `"'><img src=x onerror=alert(1)>`,
    '[open](command:workbench.action.quit)',
    '![x](https://evil.example/x.png "title")',
    '**bold** `code` <b>bold</b>',
    '\r\n[error] a line of its own\r\n',
    '\u202Egnp.exe\u200B\u2066',
    'https://evil.example/?code=1&nonce=2#x',
    '../../../../etc/passwd',
    '__proto__',
    'constructor',
    '${process.env.HOME} {0} %s %o',
    '%E0%A4%A',
    '1!aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3hI5jK7',
    'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9',
  ),
  fc.integer({ min: 0, max: 20_000 }).map((length) => 'secret-x'.repeat(length / 8)),
);

const encodedText = hostileText.map(encodeURIComponent);
/** A text as it is, or percent-encoded once or twice. */
const text = hostileText.chain((raw) =>
  fc.constantFrom(raw, encodeURIComponent(raw), encodeURIComponent(encodeURIComponent(raw))),
);

const name = fc.constantFrom(
  'code',
  'state',
  'nonce',
  'error',
  'error_description',
  'c%6Fde',
  'n%6Fnce',
  'base_domain',
  'toString',
  '__proto__',
  '',
);

/** Queries without the nonce. */
const foreignQuery = fc.oneof(
  text,
  fc
    .array(fc.tuple(name, text), { maxLength: 8 })
    .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&')),
  fc.tuple(fc.constantFrom('state', 'nonce'), encodedText).map(([key, value]) => `${CODE}&${key}=${value}`),
  encodedText.map((value) => `error=access_denied&error_description=${value}&nonce=${value}`),
);

const carrier = fc.constantFrom('nonce={nonce}', 'state={nonce}');

/** Queries with the nonce, and with something that makes them void. */
const voidQuery = fc
  .tuple(
    carrier,
    encodedText,
    fc.constantFrom(
      (own: string, value: string) => `${CODE}&${CODE}&x=${value}&${own}`,
      (own: string, value: string) => `${CODE}&code=${value}&${own}`,
      (own: string, value: string) => `code=${value}&${own}&c%6Fde=other`,
      (own: string, value: string) => `${CODE}&${own}&error=access_denied&error_description=${value}`,
      (own: string, value: string) => `${own}&code=&x=${value}`,
      (own: string, value: string) => `${own}&code=%00${value}`,
      (own: string, value: string) => `${own}&code=%E7%95%8C${value}`,
      (own: string, value: string) => `${own}&code=${'x'.repeat(2100)}&x=${value}`,
      (own: string, value: string) => `${own}&${CODE}&x=${'x'.repeat(8200)}${value}`,
      (own: string, value: string) => `${own}&x=${value}&error_description=${value}`,
      (own: string, value: string) => `${own}&error=&error_description=${value}`,
      (own: string, value: string) => `${own}&error=a&error=b&error_description=${value}`,
      (own: string, value: string) => `${own}&error=%E7%95%8C${value}`,
      (own: string, value: string) => `${own}&${own}&${CODE}&x=${value}`,
      (own: string, value: string) => `${own}&state=one&state=two&${CODE}&x=${value}`,
      (_own: string, value: string) => `nonce=&state={nonce}&${CODE}&x=${value}`,
      (_own: string, value: string) => `nonce={nonce}&state=&${CODE}&x=${value}`,
    ),
  )
  .map(([own, value, make]) => make(own, value));

/** Whole answers whose nonce is nearly the one. */
const nearMissQuery = fc
  .tuple(
    fc.constantFrom('nonce=', 'state=', 'nonce=other&state=', 'state={nonce}&nonce='),
    fc.constantFrom(
      '{prefix}',
      '{suffix}',
      '{swapped}',
      '{capitals}',
      'x{nonce}',
      '{nonce}x',
      '{nonce}{nonce}',
      '{nonce},{nonce}',
      '%20{nonce}',
      '{nonce}%20',
      '+{nonce}',
      '{nonce}%00',
      '{nonce}%0A',
      '%22{nonce}%22',
      '{nonce}%3D',
      'vscode%3A%2F%2Fvscode-box.box-authentication%2Fcallback%3Fnonce%3D{nonce}',
    ),
    fc.oneof(fc.constant(CODE), fc.constant('error=access_denied')),
  )
  .map(([key, value, answer]) => `${answer}&${key}${value}`);

/** Names of the parameters that are not those of the callback. */
const otherNameQuery = fc
  .tuple(fc.constantFrom('Nonce', 'NONCE', 'nonce[]', 'nonce%00', '%20nonce', 'states', 'id', '#nonce'), text)
  .map(([key, value]) => `${CODE}&${key}={nonce}&x=${encodeURIComponent(value)}`);

const otherPath = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '/callback/',
    '/Callback',
    '//callback',
    '/%63allback',
    '/callback2',
    '/x/callback',
  ),
  fc.constantFrom(
    'callback',
    '/callback?',
    '/callback#',
    '/callback;a',
    '/callback\0',
    ' /callback',
    '/return',
  ),
  text.map((value) => `/callback/${value}`),
  text.map((value) => `/${value}?`),
);
const wholeAnswer = fc.constantFrom(`${CODE}&nonce={nonce}`, 'error=access_denied&state={nonce}');

const onThePath = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<HostileCallback> =>
  arbitrary.map((query) => ({ path: PATH, query }));

/** What is sent to the local server, sent to the editor instead; so none of it may have the nonce. */
const requestTarget = hostileBytes.map((bytes) => {
  const [, target = ''] = bytes.replaceAll('{nonce}', 'the-nonce-of-another').split(' ');
  const [path = '', ...query] = target.split('?');
  return { path, query: query.join('?') };
});

/** Callback URIs as any web page could have VS Code open them. */
export const hostileCallback: fc.Arbitrary<HostileCallback> = fc.oneof(
  { weight: 5, arbitrary: onThePath(foreignQuery) },
  { weight: 5, arbitrary: onThePath(voidQuery) },
  { weight: 4, arbitrary: onThePath(nearMissQuery) },
  { weight: 1, arbitrary: onThePath(otherNameQuery) },
  { weight: 2, arbitrary: fc.record({ path: otherPath, query: wholeAnswer }) },
  { weight: 3, arbitrary: requestTarget },
);

/** Puts the nonce, and what is nearly it, where it belongs. */
export function withNonce(template: string, nonce: string): string {
  const last = nonce.slice(-1);
  return template
    .replaceAll('{prefix}', nonce.slice(0, -1))
    .replaceAll('{suffix}', nonce.slice(1))
    .replaceAll('{swapped}', `${nonce.slice(0, -1)}${last === 'A' ? 'B' : 'A'}`)
    .replaceAll('{capitals}', nonce === nonce.toUpperCase() ? nonce.toLowerCase() : nonce.toUpperCase())
    .replaceAll('{nonce}', nonce);
}
