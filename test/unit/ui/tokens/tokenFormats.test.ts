/// <reference types="postman-collection/types" />
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import dotenv from 'dotenv';
import fc from 'fast-check';
import { Request, VariableScope } from 'postman-collection';
import { formatToken, TOKEN_FORMATS, type TokenToFormat } from '../../../../src/ui/tokens/tokenFormats';
import { SEED } from '../../../emulator/src';
import { rawRequest } from '../../../emulator/test/rawRequest';
import { useEmulatedBox } from '../../support/emulatedBox';
import { anyText, SAME_VALUES } from '../../support/property';

const COPIED_AT = Date.UTC(2026, 0, 15, 12);
const BOX: TokenToFormat = {
  accessToken: 'c3FIOG9vSGV4VHo4QzAyZzVUMUp2Tm',
  clientId: 'client1',
  enterpriseId: '2718281',
  login: 'dana.rivera@example.com',
  apiOrigin: 'https://api.box.com',
  accountOrigin: 'https://account.box.com',
  expiresAt: COPIED_AT + 3_600_000,
  environmentName: 'Box: Dana Rivera',
  environmentId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  isWindows: false,
  copiedAt: COPIED_AT,
};

/** The shape of a downscoped token, and others that a shell, a parser of `.env` or a template would stumble over. */
const AWKWARD_TOKENS = [
  '1!dGhpcyBpcw..',
  '!!',
  '$(id)',
  '`id`',
  '"a"',
  String.raw`\n\\`,
  '#a',
  'a#b',
  '~',
  '%PATH%',
  '$HOME',
  '&;|<>',
  '-a',
  '*?[a]',
  '{$}',
];

/** Tokens that can be sent in a header field and need no `'`: half of their characters mean something somewhere. */
const token = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom(...Array.from('!"#$%&()*;<=>?[]^`{|}~\\')),
      fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    ),
    minLength: 1,
  })
  .filter((text) => !text.includes("'") && !text.includes('{{'));

const withToken = (accessToken: string): TokenToFormat => ({ ...BOX, accessToken });

const hundredTokens = (): string[] => [
  BOX.accessToken,
  ...AWKWARD_TOKENS,
  ...fc.sample(token, { ...SAME_VALUES, numRuns: 100 }),
];

/** In a shell: in place of curl, what prints its arguments. No argument here holds the characters that part them. */
const STAND_IN = String.raw`curl() { printf '%s\0' "$@"; printf '\001'; }`;
const readArguments = (stdout: string): string[][] =>
  stdout
    .split('\u0001')
    .slice(0, -1)
    .map((one) => one.split('\0').slice(0, -1));

/** What a POSIX shell makes of commands that call `curl`: the arguments of each. */
const argumentsInShell = (commands: readonly string[]): string[][] => {
  const script = [STAND_IN, ...commands].join('\n');
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return readArguments(stdout);
};

/** What a shell makes of them that is set as in a terminal, where `!` brings back earlier commands. */
const argumentsInTerminal = (commands: readonly string[]): string[][] => {
  const { stdout } = spawnSync('bash', ['--norc', '-o', 'history', '-o', 'histexpand'], {
    encoding: 'utf8',
    input: [STAND_IN, ...commands, ''].join('\n'),
    env: { ...process.env, HISTFILE: '/dev/null' },
  });
  return readArguments(stdout);
};

describe('formatToken', () => {
  it('gives the same text for the same input, without a line break unless it is a file', () => {
    for (const format of TOKEN_FORMATS) {
      const text = formatToken(format, BOX);
      assert.equal(formatToken(format, { ...BOX }), text);
      assert.ok(text.includes(BOX.accessToken), format);
      assert.equal(text.includes('\n'), format === 'http' || format === 'postman', format);
    }
  });

  it('refuses a token that not every consumer could read back, and does not repeat it', () => {
    for (const accessToken of [
      '',
      'a b',
      'a\nb',
      'a\r\nX-Other: b',
      "a'b",
      'a{{b}}',
      'ü',
      'a\0',
      'a\u2028b',
      'a\u007f',
    ]) {
      for (const format of TOKEN_FORMATS) {
        assert.throws(
          () => formatToken(format, withToken(accessToken)),
          (error) =>
            error instanceof RangeError && (accessToken === '' || !error.message.includes(accessToken)),
        );
      }
    }
  });

  it('takes or refuses any text, and never alters it', () => {
    const isCopied = (accessToken: string): boolean => {
      try {
        return formatToken('header', withToken(accessToken)) === `Authorization: Bearer ${accessToken}`;
      } catch (error) {
        return error instanceof RangeError;
      }
    };
    fc.assert(fc.property(fc.oneof(anyText, token), isCopied), SAME_VALUES);
    fc.assert(
      fc.property(token, (text) => formatToken('header', withToken(text)).endsWith(text)),
      SAME_VALUES,
    );
  });
});

describe('formatToken, sent to Box', () => {
  const box = useEmulatedBox();

  const atEmulator = async (): Promise<TokenToFormat> => {
    const { accessToken } = await box.control.issuePair(SEED.clientId, SEED.userId);
    return { ...BOX, accessToken, apiOrigin: box.origin, accountOrigin: box.origin };
  };
  const assertAnswered = (answer: string): void => {
    assert.ok(answer.includes(`"login":"${SEED.userLogin}"`), answer);
  };

  it('as a header of a request', async () => {
    const headers = [formatToken('header', await atEmulator())];
    const answer = await rawRequest(box.origin, { line: 'GET /2.0/users/me HTTP/1.1', headers });
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assertAnswered(answer);
  });

  // How a shell reads the command is tested above, where there is no curl too.
  if (spawnSync('/bin/sh', ['-c', 'command -v curl']).status === 0) {
    it('as a cURL command', async () => {
      const command = formatToken('curl', await atEmulator());
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { timeout: 9000 });
      assertAnswered(stdout);
    });
  }

  it('as a .http request, which a client sends line by line', async () => {
    const [title, line = '', ...rest] = formatToken('http', await atEmulator()).split('\n');
    assert.match(title ?? '', /^### /);
    assert.deepEqual(rest.slice(-2), ['', '']);
    // A client connects to the host that the line names, and asks it for the path (RFC 9112 §3.2.1).
    assert.ok(line.startsWith(`GET ${box.origin}/`), line);
    const answer = await rawRequest(box.origin, {
      line: line.replace(box.origin, ''),
      headers: rest.slice(0, -2),
    });
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assertAnswered(answer);
  });

  it('with the variables of a Postman environment', async () => {
    const scope = new VariableScope(
      JSON.parse(formatToken('postman', await atEmulator())) as VariableScope.definition,
    );
    const response = await fetch(scope.replaceIn('http://{{api.box.com}}/2.0/users/me') as string, {
      headers: { authorization: scope.replaceIn('Bearer {{access_token}}') as string },
    });
    assert.equal(response.status, 200);
    assertAnswered(await response.text());
  });
});

describe('formatToken for cURL', () => {
  const expected = (input: TokenToFormat): string[] => [
    `${input.apiOrigin}/2.0/users/me`,
    '-H',
    `Authorization: Bearer ${input.accessToken}`,
  ];

  it('is quoted as every shell understands it, for an ordinary token', () => {
    assert.equal(
      formatToken('curl', BOX),
      `curl "https://api.box.com/2.0/users/me" -H "Authorization: Bearer ${BOX.accessToken}"`,
    );
  });

  it('reaches curl as it is, whatever the token', () => {
    const inputs = hundredTokens().map(withToken);
    const commands = inputs.map((input) => formatToken('curl', input));
    assert.deepEqual(argumentsInShell(commands), inputs.map(expected));
  });

  it('survives the history expansion of a terminal', () => {
    const inputs = hundredTokens().map(withToken);
    const commands = inputs.map((input) => formatToken('curl', input));
    assert.deepEqual(argumentsInTerminal(commands), inputs.map(expected));
  });

  it('lets no base URL out of its quotes', () => {
    const paths = ["it's", '$HOME', '"; id; "', 'a b', 'a\nb', '!!', ...fc.sample(anyText, SAME_VALUES)];
    const inputs = paths.map((path) => ({ ...BOX, apiOrigin: `https://a'b$(id)\`c.example/${path}` }));
    const commands = inputs.map((input) => formatToken('curl', input));
    assert.deepEqual(
      argumentsInShell(commands),
      inputs.map((input) => [new URL(`${input.apiOrigin}/2.0/users/me`).href, ...expected(BOX).slice(1)]),
    );
    assert.ok(commands.every((command) => !command.includes('\n')));
  });
});

/** What PowerShell 5.1 and 7 make of a text in single quotes, in which only those, doubled, mean anything. */
const inPowerShell = (quoted: string): string => {
  const [, inner] = /^'((?:[^'‘’‚‛]|'')*)'$/.exec(quoted) ?? [];
  assert.notEqual(inner, undefined, quoted);
  return (inner ?? '').replaceAll("''", "'");
};

describe('formatToken on Windows', () => {
  const onWindows = (accessToken: string): TokenToFormat => ({ ...BOX, accessToken, isWindows: true });
  const quotedIn = (command: string): string[] =>
    [...command.matchAll(/"[^"]*"|'(?:[^']|'')*'/g)].map(([quoted]) => quoted);

  it('P7: calls curl.exe, in double quotes that cmd and PowerShell read alike, for the tokens of Box', () => {
    for (const accessToken of [BOX.accessToken, '1!dGhpcyBpcw..', '1!a-b_c']) {
      assert.equal(
        formatToken('curl', onWindows(accessToken)),
        `curl.exe "https://api.box.com/2.0/users/me" -H "Authorization: Bearer ${accessToken}"`,
      );
    }
  });

  it('P7: leaves nothing to expand in what curl.exe gets, whatever the token', () => {
    for (const accessToken of hundredTokens()) {
      const [, authorization = ''] = quotedIn(formatToken('curl', onWindows(accessToken)));
      const text = authorization.startsWith('"') ? authorization.slice(1, -1) : inPowerShell(authorization);
      assert.equal(text, `Authorization: Bearer ${accessToken}`);
      if (authorization.startsWith('"')) assert.doesNotMatch(text, /["$%`\\]/);
    }
  });

  it('P7: has a PowerShell command, which is the same everywhere', () => {
    const command =
      "Invoke-RestMethod -Uri 'https://api.box.com/2.0/users/me' -Headers @{ Authorization = 'Bearer 1!a' }";
    assert.equal(formatToken('powershell', onWindows('1!a')), command);
    assert.equal(formatToken('powershell', withToken('1!a')), command);
  });

  it('P7: gives PowerShell the token and the address as they are', () => {
    for (const accessToken of hundredTokens()) {
      const [uri = '', bearer = ''] = quotedIn(formatToken('powershell', onWindows(accessToken)));
      assert.equal(inPowerShell(uri), 'https://api.box.com/2.0/users/me');
      assert.equal(inPowerShell(bearer), `Bearer ${accessToken}`);
    }
    for (const path of ["it's", '$(id)', '’; id', ...fc.sample(anyText, SAME_VALUES)]) {
      const apiOrigin = `https://a.example/${path}`;
      const [uri = ''] = quotedIn(formatToken('powershell', { ...BOX, apiOrigin }));
      assert.equal(inPowerShell(uri), new URL(`${apiOrigin}/2.0/users/me`).href);
    }
  });
});

/** Shells of people that this machine has. */
const shells = ['bash', 'zsh', 'fish'].filter(
  (shell) => spawnSync('/bin/sh', ['-c', `command -v ${shell}`]).status === 0,
);

for (const shell of shells) {
  describe(`formatToken, pasted into ${shell}`, () => {
    // In fish, a backslash means something in single quotes too. No token of Box has one.
    const tokens = hundredTokens().filter((text) => shell !== 'fish' || !text.includes('\\'));
    const run = (script: string): string => {
      const { stdout, stderr } = spawnSync(shell, ['-c', script], { encoding: 'utf8' });
      assert.equal(stderr, '');
      return stdout;
    };

    it('P8: as a cURL command is read as it is', () => {
      const commands = tokens.map((text) => formatToken('curl', withToken(text)).replace('curl', 'printf'));
      const format = `https://api.box.com/2.0/users/me`;
      assert.equal(run(commands.join('\n')), tokens.map(() => format).join(''));
      const headers = commands.map((command) => command.slice(command.indexOf('-H ') + 3));
      const printed = run(headers.map((header) => `printf '%s\\n' ${header}`).join('\n'));
      assert.deepEqual(
        printed.trimEnd().split('\n'),
        tokens.map((text) => `Authorization: Bearer ${text}`),
      );
    });

    it('P8: as the value of a .env line is read as it is', () => {
      const values = tokens.map((text) => formatToken('dotenv', withToken(text)).replace(/^[^=]*=/, ''));
      const printed = run(values.map((value) => `printf '%s\\n' ${value}`).join('\n'));
      assert.deepEqual(printed.trimEnd().split('\n'), tokens);
    });
  });
}

describe('formatToken for .env', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'token-formats-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** What a shell has after sourcing each of the files. */
  const sourced = (files: readonly string[]): string[] => {
    const paths = files.map((text, index) => {
      const path = join(folder, `${index}.env`);
      writeFileSync(path, text);
      return path;
    });
    const script = String.raw`for file; do . "$file"; printf '%s\0' "$BEFORE/$BOX_ACCESS_TOKEN/$AFTER"; done`;
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', ...paths], { encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.split('\0').slice(0, -1);
  };

  it('is quoted only where that is needed', () => {
    assert.equal(formatToken('dotenv', BOX), `BOX_ACCESS_TOKEN=${BOX.accessToken}`);
    assert.equal(formatToken('dotenv', withToken('1!a-b_c.d')), "BOX_ACCESS_TOKEN='1!a-b_c.d'");
    assert.equal(formatToken('dotenv', withToken('a#b')), "BOX_ACCESS_TOKEN='a#b'");
  });

  it('is read back by dotenv, by Node.js and by a shell, whatever the token', () => {
    const tokens = hundredTokens();
    const files = tokens.map((text) => `BEFORE=1\n${formatToken('dotenv', withToken(text))}\nAFTER=2\n`);
    const wanted = tokens.map((text) => ({ BEFORE: '1', BOX_ACCESS_TOKEN: text, AFTER: '2' }));
    assert.deepEqual(
      files.map((file) => ({ ...dotenv.parse(file) })),
      wanted,
    );
    assert.deepEqual(
      files.map((file) => ({ ...parseEnv(file) })),
      wanted,
    );
    assert.deepEqual(
      sourced(files),
      tokens.map((text) => `1/${text}/2`),
    );
  });
});

describe('formatToken for .http', () => {
  it('is one request of its own, whatever the login', () => {
    const isOneRequest = (login: string, accessToken: string): void => {
      const text = formatToken('http', { ...BOX, login, accessToken });
      const [title, ...rest] = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
      assert.match(title ?? '', /^### /);
      assert.deepEqual(rest, [
        'GET https://api.box.com/2.0/users/me HTTP/1.1',
        `Authorization: Bearer ${accessToken}`,
        '',
        '',
      ]);
    };
    for (const login of ['a\nGET https://example.com', 'a\r\n\r\nb', 'a\u2028DELETE /', '{{a}}']) {
      isOneRequest(login, BOX.accessToken);
    }
    fc.assert(fc.property(anyText, token, isOneRequest), SAME_VALUES);
  });

  it('says whose token it is', () => {
    assert.match(formatToken('http', BOX), /^### dana\.rivera@example\.com\n/);
  });
});

describe('formatToken for Postman', () => {
  interface Environment {
    readonly values: readonly { key: string; value: string; type: string; enabled: boolean }[];
    readonly [other: string]: unknown;
  }
  const environment = (input: TokenToFormat): Environment =>
    JSON.parse(formatToken('postman', input)) as Environment;
  const scopeOf = (input: TokenToFormat): VariableScope =>
    new VariableScope(JSON.parse(formatToken('postman', input)) as VariableScope.definition);

  it('is what Postman exports', () => {
    const { values, ...rest } = environment(BOX);
    assert.deepEqual(rest, {
      id: BOX.environmentId,
      name: BOX.environmentName,
      _postman_variable_scope: 'environment',
      _postman_exported_at: '2026-01-15T12:00:00.000Z',
    });
    assert.ok(values.every(({ enabled }) => enabled));
    assert.ok(values.every((variable) => Object.values(variable).length === 4));
  });

  it('gives each variable of Box’s collection its value, and hides those that are secret', () => {
    const values = environment(BOX).values.map(({ key, type, value }) => [key, type, value]);
    assert.deepEqual(values, [
      ['client_id', 'default', BOX.clientId],
      ['client_secret', 'secret', ''],
      ['access_token', 'secret', BOX.accessToken],
      ['refresh_token', 'secret', ''],
      ['expires_at', 'default', '1768482000000'],
      ['enterprise_id', 'default', '2718281'],
      ['enable_auto_refresh_access_token', 'default', 'false'],
      ['box_env_type', 'default', 'BEARER'],
    ]);
  });

  it('fills in a request of Box’s collection', () => {
    const definition: unknown = {
      url: 'https://api.box.com/2.0/enterprises/{{enterprise_id}}?client_id={{client_id}}',
      method: 'GET',
      auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{access_token}}' }] },
    };
    const request = new Request(definition as Request.definition);
    const filled = new Request(scopeOf(BOX).replaceIn(request.toJSON()) as Request.definition);
    assert.equal(filled.url.toString(), 'https://api.box.com/2.0/enterprises/2718281?client_id=client1');
    assert.equal(filled.auth.parameters().get('token'), BOX.accessToken);
  });

  it('has an empty enterprise ID for a personal account', () => {
    const { enterpriseId, ...personal } = BOX;
    assert.notEqual(enterpriseId, undefined);
    assert.equal(scopeOf(personal).get('enterprise_id'), '');
  });

  it('sends the collection to the Box that the token is of', () => {
    const other = { ...BOX, apiOrigin: 'https://api.example.com:8443', accountOrigin: 'https://example.com' };
    assert.equal(scopeOf(other).get('api.box.com'), 'api.example.com:8443');
    assert.equal(scopeOf(other).get('account.box.com'), 'example.com');
  });

  it('is read back by Postman, whatever the names and the token', () => {
    const isReadBack = (name: string, text: string, accessToken: string): void => {
      const input = {
        ...BOX,
        environmentName: name,
        login: text,
        clientId: text,
        enterpriseId: text,
        accessToken,
      };
      const scope = scopeOf(input);
      assert.equal(scope.name, name === '' ? undefined : name);
      assert.equal(scope.get('client_id'), text);
      assert.equal(scope.get('enterprise_id'), text);
      assert.equal(scope.replaceIn('{{access_token}}'), accessToken);
      assert.equal(scope.replaceIn('{{client_secret}}{{refresh_token}}'), '');
      assert.equal(Object.keys(scope.toObject(false, true) as object).length, 8);
    };
    for (const text of ['"}]}', "'", '\n', '\u2028', '</script>', '\ud800', 'ü', '$`%']) {
      isReadBack(text, text, BOX.accessToken);
    }
    fc.assert(fc.property(anyText, anyText, token, isReadBack), SAME_VALUES);
  });
});
