import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import {
  JWT_CONFIG_FIELDS,
  type JwtConfigProblem,
  type JwtFieldProblem,
  type JwtFileProblem,
} from '../../../../src/apps/jwtConfigFile';
import { jwtConfigAdvice, jwtConfigMessage } from '../../../../src/ui/apps/jwtConfigMessages';

/** Where a new key pair is made. */
const NEW_KEY_PAIR =
  /Developer Console.*Configuration > Add and Manage Public Keys.*Generate a Public\/Private Keypair/;

/** What the advice for a whole file must say. */
const OF_FILE: Readonly<Record<JwtFileProblem, RegExp>> = {
  too_large: /larger than 64 kB.*Choose the file/,
  empty_file: /is empty.*Choose the file/,
  not_json: /isn’t JSON.*changed after it was downloaded.*Choose the file/,
  not_an_object: /only a list or a single value.*Choose the file/,
  other_file: /isn’t the config\.json of a Box app.*boxAppSettings.*Choose the file/,
  no_key_pair:
    /no key pair.*Download as JSON.*doesn’t use JWT.*Server Authentication \(JWT\).*Otherwise, add the app with its client ID and client secret\.$/,
};

/** What the advice for a field must say besides its path. */
const OF_FIELD: Readonly<Record<JwtFieldProblem, RegExp>> = {
  missing: /is missing/,
  empty: /is empty/,
  not_a_text: /must be text in quotation marks/,
  not_a_group: /has a value where more fields are expected/,
  wrong_characters: /characters that Box never uses/,
  no_enterprise: /is 0.*doesn’t belong to an enterprise.*no service account.*belongs to an enterprise/,
  unknown_algorithm: /must be RS256, RS384, or RS512/,
  not_a_pem_key: /isn’t a private key from Box.*-----BEGIN ENCRYPTED PRIVATE KEY-----/,
  damaged_key: /damaged or incomplete/,
  wrong_passphrase: /passphrase.*doesn’t match the private key.*different key pairs/,
  not_rsa: /isn’t an RSA key/,
  short_key: /fewer than 2,048 bits/,
  unknown_encryption:
    /encrypted in a way that Visual Studio Code can’t open.*openssl pkcs8 -topk8 -v2 aes-256-cbc/,
  key_not_encrypted: /isn’t encrypted.*Don’t keep copies.*remove this key, and generate a new pair/,
};

const problems: JwtConfigProblem[] = [
  ...(Object.keys(OF_FILE) as JwtFileProblem[]).map((code) => ({ code })),
  ...(Object.keys(OF_FIELD) as JwtFieldProblem[]).flatMap((code) =>
    JWT_CONFIG_FIELDS.map((path) => ({ code, path })),
  ),
];

describe('jwtConfigAdvice', () => {
  for (const problem of problems) {
    const path = 'path' in problem ? problem.path : undefined;

    describe(`for ${problem.code}${path === undefined ? '' : ` of ${path}`}`, () => {
      const text = jwtConfigAdvice(problem);

      it('says what is wrong, where, and what to do next', () => {
        const meaning = path === undefined ? OF_FILE[problem.code as JwtFileProblem] : undefined;
        assert.match(text, meaning ?? OF_FIELD[problem.code as JwtFieldProblem]);
        if (path !== undefined) assert.ok(text.includes(`“${path}”`), text);
        assert.match(text, /Developer Console/);
        const isAboutFile = problem.code !== 'key_not_encrypted' && problem.code !== 'no_enterprise';
        if (isAboutFile) assert.match(text, NEW_KEY_PAIR);
      });

      it('is made of whole sentences', () => {
        assert.match(text, /^\p{Lu}.{20,}\.$/u);
        assert.doesNotMatch(text, /\{\d\}|undefined|null|NaN|\[object|[[\]]|\s{2}/);
        assert.ok(text.length < 520, `${text.length} characters`);
      });

      it('has no jargon in it', () => {
        assert.doesNotMatch(
          text.replaceAll(/“[^”]*”|-----.*-----/g, ''),
          /\b(?:PEM|PKCS|DER|pars\w*|decrypt\w*|schema|invalid|malformed|string|object|array|property|OpenSSL)\b|_/i,
        );
      });
    });
  }

  it('is another one for each problem', () => {
    assert.equal(new Set(problems.map(jwtConfigAdvice)).size, problems.length);
  });

  it('never sends anybody to copy a private key or passphrase from the Developer Console, which has none', () => {
    for (const path of JWT_CONFIG_FIELDS) {
      const isOfKeyPair = path.includes('appAuth');
      assert.equal(jwtConfigAdvice({ code: 'empty', path }).includes('copy the value'), !isOfKeyPair, path);
    }
  });
});

describe('jwtConfigMessage', () => {
  const first: JwtConfigProblem = { code: 'missing', path: 'boxAppSettings.clientID' };
  const more: JwtConfigProblem[] = [{ code: 'empty', path: 'enterpriseID' }, { code: 'not_json' }];

  it('tells the first problem', () => {
    assert.equal(jwtConfigMessage([first]), jwtConfigAdvice(first));
  });

  it('tells how many more there are', () => {
    const [second] = more;
    assert.ok(second !== undefined);
    assert.equal(
      jwtConfigMessage([first, second]),
      `${jwtConfigAdvice(first)} This file has one more problem.`,
    );
    assert.equal(
      jwtConfigMessage([first, ...more]),
      `${jwtConfigAdvice(first)} This file has 2 more problems.`,
    );
  });
});
