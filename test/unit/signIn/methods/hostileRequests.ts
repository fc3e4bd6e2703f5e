import fc from 'fast-check';
import { anyText } from '../../support/property';

// Requests as any web page or program on this computer could send them. In each, `{nonce}` and `{port}` stand for
// those of the sign-in that waits, and something makes it none that Box's page could cause.

const CODE = 'code=K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
const ANSWER = `${CODE}&state={nonce}`;
const DENIAL = 'error=access_denied&state={nonce}';

const rawText = fc.oneof(
  anyText,
  fc.constantFrom(
    '<script>alert(1)</script>',
    `"'><img src=x onerror=alert(1)>`,
    '</p><a href="https://evil.example">Sign in</a>',
    '[open](command:workbench.action.quit)',
    '**bold** `code` ![x](https://evil.example/x.png)',
    '\r\nSet-Cookie: a=b\r\n\r\n<h1>',
    '%0d%0aLocation:%20https://evil.example',
    '\u202Egnp.exe\u200B',
    '../../../../etc/passwd',
    '__proto__',
    '%E0%A4%A',
    '%',
  ),
  fc.integer({ min: 0, max: 20_000 }).map((length) => 'x'.repeat(length)),
);

/** A text, as it is or percent-encoded once or twice. */
const text = rawText.chain((raw) =>
  fc.constantFrom(raw, encodeURIComponent(raw), encodeURIComponent(encodeURIComponent(raw))),
);

const name = fc.constantFrom(
  'code',
  'state',
  'nonce',
  'error',
  'error_description',
  'c%6Fde',
  '__proto__',
  '',
);

/** Queries without the awaited state, and those that hold it and something that makes them void. */
const voidQuery = fc.oneof(
  text,
  fc
    .array(fc.tuple(name, text), { maxLength: 6 })
    .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&')),
  fc
    .tuple(fc.constantFrom('code', 'state', 'nonce', 'error', 'c%6Fde', 'st%61te'), text)
    .map(([key, value]) => `${ANSWER}&${key}=${value}`),
  fc
    .tuple(fc.constantFrom('code', 'state', 'error'), text)
    .map(([key, value]) => `${DENIAL}&${key}=${value}&code=1`),
  rawText.map((value) => `code=%00${encodeURIComponent(value)}&state={nonce}`),
  rawText.map((value) => `code=%E7%95%8C${encodeURIComponent(value)}&state={nonce}`),
  text.map((value) => `${CODE}&state={nonce}%00${value}`),
  text.map((value) => `error_description=${value}&state={nonce}`),
  fc.integer({ min: 8200, max: 80_000 }).map((length) => `${ANSWER}&x=${'x'.repeat(length)}`),
);

const otherMethod = fc.oneof(
  fc.constantFrom(
    'HEAD',
    'POST',
    'PUT',
    'DELETE',
    'OPTIONS',
    'PATCH',
    'TRACE',
    'CONNECT',
    'PROPFIND',
    'get',
    '',
  ),
  text,
);

const otherPath = fc.oneof(
  fc.constantFrom(
    '/',
    '//callback',
    '/Callback',
    '/callback/',
    '/%63allback',
    '/callback;a',
    '/favicon.ico',
    '*',
    '',
  ),
  fc.constantFrom('http://127.0.0.1:{port}/callback', 'http://evil.example/callback', '/x/../callback'),
  text.map((value) => `/${value}`),
  text.map((value) => `/callback/${value}`),
);

const otherHost = fc.oneof(
  fc.constantFrom(
    '',
    'X-Forwarded-Host: 127.0.0.1:{port}',
    'Host: ',
    'Host: 127.0.0.1',
    'Host: 127.0.0.1:1',
    'Host: 127.0.0.1:0{port}',
    'Host: 127.0.0.1:{port}.evil.example',
    'Host: 127.0.0.1:{port}/',
    'Host: user@127.0.0.1:{port}',
    'Host: localhost:{port}',
    'Host: LOCALHOST:{port}',
    'Host: 127.1:{port}',
    'Host: 2130706433:{port}',
    'Host: 0.0.0.0:{port}',
    'Host: [::1]:{port}',
    'Host: [::ffff:127.0.0.1]:{port}',
    'Host: evil.example:{port}',
    'Host: evil.example:{port}\r\nX-Forwarded-Host: 127.0.0.1:{port}',
    'Host: 127.0.0.1:{port}\r\nHost: 127.0.0.1:{port}',
    'Host: evil.example\r\nHost: 127.0.0.1:{port}',
    'Host: 127.0.0.1:{port}, evil.example',
  ),
  text.map((value) => `Host: ${value}`),
);

const headers = fc.array(
  fc.oneof(
    fc.constantFrom(
      'Expect: 100-continue',
      'Expect: everything',
      'Connection: keep-alive',
      'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      'Connection: upgrade\r\nUpgrade: h2c',
      'Transfer-Encoding: chunked',
      'Content-Length: 0',
      'Content-Length: 100000',
      'Content-Length: -1',
      'Access-Control-Request-Private-Network: true\r\nOrigin: https://evil.example',
      'Accept-Encoding: gzip, br\r\nRange: bytes=0-1',
    ),
    fc
      .tuple(fc.constantFrom('Cookie', 'Referer', 'Origin', 'X-Anything'), text)
      .map((pair) => pair.join(': ')),
    fc.integer({ min: 60_000, max: 70_000 }).map((length) => `X-Large: ${'x'.repeat(length)}`),
  ),
  { maxLength: 3 },
);

const version = fc.constantFrom(
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'ICY',
);
const method = fc.constant('GET');
const path = fc.constant('/callback');
const query = fc.oneof(fc.constantFrom(ANSWER, DENIAL), voidQuery);
const host = fc.constant('Host: 127.0.0.1:{port}');

const parts = fc.oneof(
  fc.record({ method, path, query: voidQuery, host }),
  fc.record({ method: otherMethod, path, query, host }),
  fc.record({ method, path: otherPath, query, host }),
  fc.record({ method, path, query, host: otherHost }),
  fc.record({ method: otherMethod, path: otherPath, query, host: otherHost }),
);

const request = fc
  .record({ parts, version, headers, body: fc.option(text, { nil: '' }) })
  .map(({ parts: { method, path, query, host }, version, headers, body }) =>
    [
      `${method} ${path}?${query} ${version}`,
      ...[host, ...headers].filter((line) => line !== ''),
      '',
      body,
    ].join('\r\n'),
  );

/** What comes over a connection: mostly a request, now and then half of one, or nothing of the kind. */
export const hostileBytes: fc.Arbitrary<string> = fc.oneof(
  { weight: 17, arbitrary: request },
  {
    weight: 2,
    arbitrary: fc.tuple(request, fc.nat()).map(([whole, at]) => whole.slice(0, at % whole.length)),
  },
  { weight: 1, arbitrary: text },
);
