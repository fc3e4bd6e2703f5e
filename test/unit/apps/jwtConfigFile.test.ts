import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { seedKey } from '../../emulator/src/keys';
import { SEED, startEmulator } from '../../emulator/src';
import {
  configText,
  JWT_CONFIG_FIELDS,
  MAX_CONFIG_BYTES,
  readJwtConfig,
  type JwtConfig,
  type JwtConfigField,
  type JwtConfigProblem,
} from '../../../src/apps/jwtConfigFile';
import { anyText, SAME_VALUES } from '../support/property';
import { assertHoldsNoSecret } from '../support/secrecy';

const SECRET = 'oneClientSecret4q8w2e6r0t1y5u9';
const PRIVATE_KEY = 'boxAppSettings.appAuth.privateKey';
const PASSPHRASE = 'boxAppSettings.appAuth.passphrase';

/** A sound file as Box writes it, to be damaged. */
const soundFile = (): Record<string, unknown> => ({
  boxAppSettings: {
    clientID: SEED.jwtClientId,
    clientSecret: SECRET,
    appAuth: {
      publicKeyID: SEED.jwtKeyId,
      privateKey: seedKey().privatePem,
      passphrase: seedKey().passphrase,
    },
  },
  enterpriseID: SEED.enterpriseId,
});

/** A file with some fields, given by their paths, changed; `undefined` takes one out. */
const fileWith = (changes: Partial<Record<JwtConfigField, unknown>>): string => {
  const file = soundFile();
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const group = names.reduce((fields, name) => fields[name] as Record<string, unknown>, file);
    group[last] = value;
  }
  return JSON.stringify(file, null, 2);
};

const configIn = (text: string): JwtConfig => {
  const reading = readJwtConfig(text);
  assert.equal(reading.kind, 'config', JSON.stringify(reading));
  return reading.config;
};

const problemsIn = (text: string): readonly JwtConfigProblem[] => {
  const reading = readJwtConfig(text);
  return reading.kind === 'unusable' ? reading.problems : [];
};

/** Characters in the middle of a PEM's base64 replaced by as many others. */
const changedInside = (pem: string, from: number): string =>
  `${pem.slice(0, from)}${pem.slice(from, from + 8).replaceAll(/[A-Za-z\d+/]/g, (c) => (c === 'A' ? 'B' : 'A'))}${pem.slice(from + 8)}`;

const signsAsSeedKey = ({ privateKey, passphrase }: JwtConfig['jwtKey']): boolean => {
  const words = Buffer.from('some words');
  const signature = sign('sha256', words, createPrivateKey({ key: privateKey, passphrase }));
  return verify('sha256', words, seedKey().publicPem, signature);
};

describe('readJwtConfig', () => {
  let key: KeyObject;
  let text: string;

  before(() => {
    key = createPrivateKey({ key: seedKey().privatePem, passphrase: seedKey().passphrase });
    text = JSON.stringify(soundFile(), null, 2);
  });

  const unencrypted = (): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

  const encrypted = (other: KeyObject, passphrase = seedKey().passphrase): string =>
    other.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

  describe('a sound file', () => {
    it('gives the app with its secrets', () => {
      assert.deepEqual(readJwtConfig(text), {
        kind: 'config',
        config: {
          clientId: SEED.jwtClientId,
          clientSecret: SECRET,
          enterpriseId: SEED.enterpriseId,
          jwtKey: {
            privateKey: seedKey().privatePem,
            passphrase: seedKey().passphrase,
            publicKeyId: SEED.jwtKeyId,
          },
        },
        warnings: [],
      });
    });

    it('is what the emulator gives for its JWT app', async () => {
      const emulator = await startEmulator();
      try {
        const file = await emulator.control.configFile(SEED.jwtClientId);
        const config = configIn(JSON.stringify(file));
        assert.equal(config.clientSecret, SEED.jwtClientSecret);
        assert.equal(config.jwtKey.passphrase, file.boxAppSettings.appAuth.passphrase);
      } finally {
        await emulator.stop();
      }
    });

    it('may name a user, for whom Box’s SDKs look too', () => {
      assert.equal(configIn(fileWith({ userID: ' 3141592653 ' })).userId, '3141592653');
      for (const userID of ['', null]) assert.ok(!('userId' in configIn(fileWith({ userID }))));
    });

    it('may name how to sign, beside the key', () => {
      const algorithm = 'boxAppSettings.appAuth.algorithm';
      assert.equal(configIn(fileWith({ [algorithm]: 'RS512' })).jwtKey.algorithm, 'RS512');
      for (const none of [undefined, null]) {
        assert.ok(!('algorithm' in configIn(fileWith({ [algorithm]: none })).jwtKey));
      }
    });

    it('may hold fields that nobody here knows', () => {
      const file = { ...soundFile(), webhooks: { primaryKey: '', secondaryKey: '' }, appRegion: 7 };
      assert.deepEqual(configIn(JSON.stringify(file)), configIn(text));
    });

    it('may have spaces around its texts, but those of the passphrase are its own', () => {
      const spaced = fileWith({
        'boxAppSettings.clientID': ` ${SEED.jwtClientId}\n`,
        'boxAppSettings.clientSecret': ` ${SECRET} `,
        'boxAppSettings.appAuth.publicKeyID': `\t${SEED.jwtKeyId}`,
        enterpriseID: ` ${SEED.enterpriseId} `,
      });
      assert.deepEqual(configIn(spaced), configIn(text));
      const ownSpaces = ' pass phrase ';
      const changed = { [PRIVATE_KEY]: encrypted(key, ownSpaces), [PASSPHRASE]: ownSpaces };
      assert.equal(configIn(fileWith(changed)).jwtKey.passphrase, ownSpaces);
    });

    const harmless: [string, (sound: string) => string][] = [
      ['a byte-order mark', (sound) => `\uFEFF${sound}`],
      ['white space around it', (sound) => `\r\n  ${sound}\n\n`],
      ['Windows line breaks', (sound) => sound.replaceAll('\n', '\r\n')],
      ['trailing commas', (sound) => sound.replaceAll(/(["}])\n(\s*\})/g, '$1 , \n$2')],
    ];
    for (const [name, change] of harmless) {
      it(`may have ${name}`, () => {
        assert.notEqual(change(text), text);
        assert.deepEqual(configIn(change(text)), configIn(text));
      });
    }

    it('keeps commas and brackets that stand in its texts', () => {
      const clientSecret = 'a,}b,]c\\",}';
      const withComma = fileWith({ 'boxAppSettings.clientSecret': clientSecret }).replace(/\}$/, ',}');
      assert.equal(configIn(withComma).clientSecret, clientSecret);
    });

    const shapes: [string, (pem: string) => string][] = [
      ['a backslash and an n for each line break', (pem) => pem.replaceAll('\n', '\\n')],
      ['a backslash, r, backslash and n for each', (pem) => pem.replaceAll('\n', '\\r\\n')],
      ['Windows line breaks', (pem) => pem.replaceAll('\n', '\r\n')],
      ['spaces for line breaks', (pem) => pem.replaceAll('\n', ' ')],
      ['no line breaks', (pem) => pem.replaceAll('\n', '')],
      ['no line break at its end', (pem) => pem.trimEnd()],
    ];
    for (const [name, change] of shapes) {
      it(`may have a key with ${name}, which is kept as it should be`, () => {
        assert.notEqual(change(seedKey().privatePem), seedKey().privatePem);
        const config = configIn(fileWith({ [PRIVATE_KEY]: change(seedKey().privatePem) }));
        assert.equal(config.jwtKey.privateKey, seedKey().privatePem);
      });
    }

    it('may have a key that an older tool has encrypted', () => {
      const { passphrase } = seedKey();
      const pem = key.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
      assert.match(pem, /Proc-Type: 4,ENCRYPTED/);
      const { jwtKey } = configIn(fileWith({ [PRIVATE_KEY]: pem.replaceAll('\n', '\\n') }));
      assert.ok(createPrivateKey({ key: jwtKey.privateKey, passphrase: jwtKey.passphrase }).equals(key));
      const wrong = fileWith({ [PRIVATE_KEY]: pem, [PASSPHRASE]: 'another one' });
      assert.deepEqual(problemsIn(wrong), [{ code: 'wrong_passphrase', path: PASSPHRASE }]);
    });

    for (const type of ['pkcs8', 'pkcs1'] as const) {
      for (const passphrase of [undefined, null, '', 'one that is not needed']) {
        it(`may have a key that is not encrypted (${type}, passphrase ${passphrase}), with a warning`, () => {
          const pem = key.export({ type, format: 'pem' }).toString();
          const reading = readJwtConfig(fileWith({ [PRIVATE_KEY]: pem, [PASSPHRASE]: passphrase }));
          assert.equal(reading.kind, 'config');
          assert.deepEqual(reading.warnings, [{ code: 'key_not_encrypted', path: PRIVATE_KEY }]);
          const publicKeyId = SEED.jwtKeyId;
          assert.deepEqual(reading.config.jwtKey, { privateKey: pem, passphrase: '', publicKeyId });
        });
      }
    }
  });

  describe('a field that is wrong', () => {
    const texts: JwtConfigField[] = [
      'boxAppSettings.clientID',
      'boxAppSettings.clientSecret',
      'boxAppSettings.appAuth.publicKeyID',
      PRIVATE_KEY,
      PASSPHRASE,
      'enterpriseID',
    ];
    for (const path of texts) {
      for (const [value, code] of [
        [undefined, 'missing'],
        [null, 'missing'],
        ['', 'empty'],
        [42, 'not_a_text'],
        [true, 'not_a_text'],
        [['text'], 'not_a_text'],
        [{ text: 'text' }, 'not_a_text'],
      ] as const) {
        it(`${path}: ${JSON.stringify(value)} is ${code}`, () => {
          assert.deepEqual(problemsIn(fileWith({ [path]: value })), [{ code, path }]);
        });
      }
    }

    const others: [JwtConfigField, unknown, JwtConfigProblem][] = [
      ...texts
        .filter((path) => path !== PASSPHRASE)
        .map((path): [JwtConfigField, unknown, JwtConfigProblem] => [path, ' \t\n', { code: 'empty', path }]),
      [PASSPHRASE, '   ', { code: 'wrong_passphrase', path: PASSPHRASE }],
      ['boxAppSettings', undefined, { code: 'other_file' }],
      ['boxAppSettings', null, { code: 'missing', path: 'boxAppSettings' }],
      ['boxAppSettings', 'text', { code: 'not_a_group', path: 'boxAppSettings' }],
      ['boxAppSettings', 42, { code: 'not_a_group', path: 'boxAppSettings' }],
      ['boxAppSettings.appAuth', undefined, { code: 'no_key_pair' }],
      ['boxAppSettings.appAuth', null, { code: 'no_key_pair' }],
      ['boxAppSettings.appAuth', {}, { code: 'no_key_pair' }],
      ['boxAppSettings.appAuth', [], { code: 'no_key_pair' }],
      [
        'boxAppSettings.appAuth',
        { publicKeyID: '', privateKey: '', passphrase: '' },
        { code: 'no_key_pair' },
      ],
      [
        'boxAppSettings.appAuth',
        { publicKeyID: null, privateKey: ' ', passphrase: '' },
        { code: 'no_key_pair' },
      ],
      ['boxAppSettings.appAuth', 'text', { code: 'not_a_group', path: 'boxAppSettings.appAuth' }],
      ['boxAppSettings.appAuth', 42, { code: 'not_a_group', path: 'boxAppSettings.appAuth' }],
      [
        'boxAppSettings.appAuth.algorithm',
        'HS256',
        { code: 'unknown_algorithm', path: 'boxAppSettings.appAuth.algorithm' },
      ],
      ['boxAppSettings.clientID', 'two words', { code: 'wrong_characters', path: 'boxAppSettings.clientID' }],
      ['boxAppSettings.clientID', 'ключ', { code: 'wrong_characters', path: 'boxAppSettings.clientID' }],
      [
        'boxAppSettings.appAuth.publicKeyID',
        'a/b',
        { code: 'wrong_characters', path: 'boxAppSettings.appAuth.publicKeyID' },
      ],
      ['enterpriseID', 'Example Works', { code: 'wrong_characters', path: 'enterpriseID' }],
      ['enterpriseID', '2718281\n3', { code: 'wrong_characters', path: 'enterpriseID' }],
      ['userID', 'dana.rivera@example.com', { code: 'wrong_characters', path: 'userID' }],
      ['userID', 42, { code: 'not_a_text', path: 'userID' }],
    ];
    for (const [path, value, problem] of others) {
      it(`${path}: ${JSON.stringify(value)} is ${problem.code}`, () => {
        assert.deepEqual(problemsIn(fileWith({ [path]: value })), [problem]);
      });
    }

    it('is named with all others, in the order of the file', () => {
      const wrong = fileWith({
        enterpriseID: '',
        'boxAppSettings.clientID': undefined,
        [PASSPHRASE]: 'another one',
        'boxAppSettings.appAuth.publicKeyID': 7,
      });
      assert.deepEqual(problemsIn(wrong), [
        { code: 'missing', path: 'boxAppSettings.clientID' },
        { code: 'not_a_text', path: 'boxAppSettings.appAuth.publicKeyID' },
        { code: 'wrong_passphrase', path: PASSPHRASE },
        { code: 'empty', path: 'enterpriseID' },
      ]);
    });

    it('is named after a key pair that is missing whole', () => {
      const wrong = fileWith({ 'boxAppSettings.appAuth': undefined, enterpriseID: 42 });
      assert.deepEqual(problemsIn(wrong), [
        { code: 'no_key_pair' },
        { code: 'not_a_text', path: 'enterpriseID' },
      ]);
    });

    it('B6: is the enterprise ID where it is 0, as for an account without an enterprise', () => {
      for (const enterpriseID of ['0', ' 0 ', '000']) {
        assert.deepEqual(problemsIn(fileWith({ enterpriseID })), [
          { code: 'no_enterprise', path: 'enterpriseID' },
        ]);
      }
      assert.equal(configIn(fileWith({ enterpriseID: '10' })).enterpriseId, '10');
    });

    it('B7: is nothing where the developer has the private key: it is asked for, and read with the file', () => {
      const blank = fileWith({ [PRIVATE_KEY]: '', [PASSPHRASE]: '' });
      assert.deepEqual(readJwtConfig(blank), { kind: 'keyElsewhere' });
      const { privatePem: privateKey, passphrase } = seedKey();
      const reading = readJwtConfig(blank, { privateKey, passphrase });
      assert.ok(reading.kind === 'config');
      assert.ok(signsAsSeedKey(reading.config.jwtKey));
      assert.equal(reading.config.jwtKey.publicKeyId, SEED.jwtKeyId);
    });

    it('B7: is told before that key is asked for', () => {
      const wrong = fileWith({ [PRIVATE_KEY]: '', [PASSPHRASE]: '', enterpriseID: '' });
      assert.deepEqual(problemsIn(wrong), [{ code: 'empty', path: 'enterpriseID' }]);
    });

    it('is named when only the private key is blank', () => {
      assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: '' })), [{ code: 'empty', path: PRIVATE_KEY }]);
    });
  });

  describe('a key that cannot be used', () => {
    const damages: [string, (pem: string) => string][] = [
      ['cut off in the middle', (pem) => pem.slice(0, pem.length / 2)],
      ['without its last line', (pem) => pem.slice(0, pem.indexOf('-----END'))],
      ['without a line', (pem) => pem.replace(/\n.{64}\n/, '\n')],
      ['with a line twice', (pem) => pem.replace(/\n(.{64}\n)/, '\n$1$1')],
      ['with other characters', (pem) => pem.replace(/\n(.{64})\n/, '\n****\n$1')],
      [
        'without anything in it',
        () => '-----BEGIN ENCRYPTED PRIVATE KEY-----\n\n-----END ENCRYPTED PRIVATE KEY-----',
      ],
      ['with another end', (pem) => pem.replace('END ENCRYPTED', 'END')],
      ['with something after it', (pem) => `${pem}more`],
      ['twice', (pem) => `${pem}${pem}`],
      [
        'with a length that is none',
        () =>
          '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIn/////AAAAAAAAAAAAAAAA\n-----END ENCRYPTED PRIVATE KEY-----',
      ],
    ];
    for (const [name, damage] of damages) {
      it(`${name} is damaged, encrypted or not`, () => {
        const problem = { code: 'damaged_key', path: PRIVATE_KEY };
        assert.notEqual(damage(seedKey().privatePem), seedKey().privatePem);
        assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: damage(seedKey().privatePem) })), [problem]);
        if (damage(unencrypted()) === unencrypted()) return;
        assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: damage(unencrypted()) })), [problem]);
      });
    }

    it('not encrypted, and whole but without numbers in it, is damaged', () => {
      const pem = '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n';
      assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: pem })), [
        { code: 'damaged_key', path: PRIVATE_KEY },
      ]);
    });

    it('changed anywhere inside is found, unless it still signs as before', () => {
      for (const pem of [seedKey().privatePem, unencrypted()]) {
        let found = 0;
        for (let from = 40; from < pem.length - 60; from += 97) {
          const reading = readJwtConfig(fileWith({ [PRIVATE_KEY]: changedInside(pem, from) }));
          if (reading.kind === 'config') {
            assert.ok(signsAsSeedKey(reading.config.jwtKey), `changed at ${from}`);
          } else {
            assert.ok(reading.kind === 'unusable');
            found += 1;
            assert.equal(reading.problems.length, 1);
            assert.match(reading.problems[0].code, /^(?:damaged_key|wrong_passphrase|not_rsa|short_key)$/);
          }
        }
        assert.notEqual(found, 0);
      }
    });

    const notKeys: [string, () => string][] = [
      ['a word', () => 'secret'],
      ['the base64 alone', () => seedKey().privatePem.replaceAll(/-----.*-----\n/g, '')],
      ['a public key', () => seedKey().publicPem],
      ['a certificate', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
      [
        'a key of OpenSSH',
        () => '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n',
      ],
      ['the name of a file', () => '/home/dana/private.pem'],
    ];
    for (const [name, value] of notKeys) {
      it(`${name} is no key`, () => {
        assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: value() })), [
          { code: 'not_a_pem_key', path: PRIVATE_KEY },
        ]);
      });
    }

    it('with another passphrase is not opened', () => {
      for (const passphrase of ['another one', seedKey().passphrase.slice(1), `${seedKey().passphrase} `]) {
        assert.deepEqual(problemsIn(fileWith({ [PASSPHRASE]: passphrase })), [
          { code: 'wrong_passphrase', path: PASSPHRASE },
        ]);
      }
    });

    it('with a passphrase longer than any library takes is not opened', () => {
      assert.deepEqual(problemsIn(fileWith({ [PASSPHRASE]: 'x'.repeat(5000) })), [
        { code: 'wrong_passphrase', path: PASSPHRASE },
      ]);
    });

    it('of an elliptic curve is not RSA, in whatever form', () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      for (const pem of [
        encrypted(privateKey),
        privateKey.export({ type: 'pkcs8', format: 'pem' }),
        privateKey.export({ type: 'sec1', format: 'pem' }),
      ]) {
        assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: pem })), [
          { code: 'not_rsa', path: PRIVATE_KEY },
        ]);
      }
    });

    it('encrypted by an algorithm that nobody knows is told from one with a wrong passphrase', () => {
      const der = Buffer.from(seedKey().privatePem.replaceAll(/-----.*-----|\n/g, ''), 'base64');
      const aes = Buffer.from('6086480165030401', 'hex');
      der[der.indexOf(aes) + aes.length] = 0x7f;
      const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${der.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----`;
      assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: pem })), [
        { code: 'unknown_encryption', path: PRIVATE_KEY },
      ]);
    });

    it('of 1024 bits is too short', () => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      for (const pem of [encrypted(privateKey), privateKey.export({ type: 'pkcs8', format: 'pem' })]) {
        assert.deepEqual(problemsIn(fileWith({ [PRIVATE_KEY]: pem })), [
          { code: 'short_key', path: PRIVATE_KEY },
        ]);
      }
    });
  });

  describe('another file', () => {
    const files: [string, string, JwtConfigProblem['code']][] = [
      ['an empty one', '', 'empty_file'],
      ['one of white space and a byte-order mark', '\uFEFF \n', 'empty_file'],
      ['a text', 'client_id=abc', 'not_json'],
      ['a key', '-----BEGIN PRIVATE KEY-----', 'not_json'],
      ['one of zeros', '\0'.repeat(500), 'not_json'],
      ['one with a value missing', '{"boxAppSettings": ,}', 'not_json'],
      ['one with a text that does not end', '{"boxAppSettings": "', 'not_json'],
      ['a text in quotation marks', '"config"', 'not_an_object'],
      ['a number', '42', 'not_an_object'],
      ['null', 'null', 'not_an_object'],
      ['a list', '[{"boxAppSettings": {}}]', 'not_an_object'],
      ['no fields', '{}', 'other_file'],
      ['a package.json', '{"name": "app", "version": "1.0.0"}', 'other_file'],
      ['the settings of this extension', '{"box-authentication.apps": []}', 'other_file'],
    ];
    for (const [name, content, code] of files) {
      it(`${name} is ${code}`, () => {
        assert.deepEqual(problemsIn(content), [{ code }]);
      });
    }

    it('is not JSON wherever it was cut off', () => {
      for (let end = 1; end < text.length; end += 61) {
        assert.deepEqual(problemsIn(text.slice(0, end)), [{ code: 'not_json' }]);
      }
    });

    it('of a client credentials app has no key pair, and is otherwise sound', () => {
      const { clientID, clientSecret } = { clientID: SEED.ccgClientId, clientSecret: SECRET };
      const file = { boxAppSettings: { clientID, clientSecret }, enterpriseID: SEED.enterpriseId };
      assert.deepEqual(problemsIn(JSON.stringify(file)), [{ code: 'no_key_pair' }]);
    });

    it('is too large above the limit, counted in bytes, and read up to it', () => {
      const atLimit = text + ' '.repeat(MAX_CONFIG_BYTES - text.length);
      assert.deepEqual(configIn(atLimit), configIn(text));
      assert.deepEqual(problemsIn(`${atLimit} `), [{ code: 'too_large' }]);
      assert.deepEqual(problemsIn('ß'.repeat(MAX_CONFIG_BYTES / 2 + 1)), [{ code: 'too_large' }]);
    });

    it('made to be slow is refused without delay', () => {
      const most = MAX_CONFIG_BYTES - 200;
      const repeated = (unit: string): string => unit.repeat(Math.floor(most / unit.length));
      for (const unit of ['"', '\\"', '"\\', '[', '{"a":', ',', ', ', ',\n}', '\uFEFF ']) {
        assert.notEqual(problemsIn(repeated(unit)).length, 0);
      }
      for (const unit of ['-----BEGIN PRIVATE KEY-----', '-', '\\', ' ', '-----END ', 'A', 'Proc-Type:']) {
        const value = repeated(unit).slice(0, most / 2 - 1000);
        for (const pem of [value, `-----BEGIN PRIVATE KEY-----${value}-----END PRIVATE KEY-----`]) {
          assert.notEqual(problemsIn(fileWith({ [PRIVATE_KEY]: pem })).length, 0);
        }
      }
    });
  });

  describe('whatever the file is', () => {
    it('throws nothing, and says something', () => {
      const anything = fc.oneof(
        anyText,
        fc.json(),
        fc.json().map((json) => `{"boxAppSettings":${json}}`),
      );
      fc.assert(
        fc.property(anything, (content) => problemsIn(content).length > 0),
        SAME_VALUES,
      );
    });

    it('repeats no value of a field in what it says', () => {
      const marks = ['aMarkThatIsSecret1', 'aMarkThatIsSecret2'];
      const value = fc.oneof(
        fc.constantFrom<unknown>(undefined, null, '', 42, [], {}),
        fc.constantFrom(...marks),
        fc.tuple(anyText, fc.constantFrom(...marks), anyText).map((parts) => parts.join('')),
        fc.constantFrom(...marks).map((mark) => [mark, { [mark]: mark }]),
        fc
          .constantFrom(...marks)
          .map((mark) => `-----BEGIN PRIVATE KEY-----\n${mark}\n-----END PRIVATE KEY-----`),
      );
      const paths = JWT_CONFIG_FIELDS.filter((path) => !/(?:Settings|Auth)$/.test(path));
      const changes = fc.record(Object.fromEntries(paths.map((path) => [path, value])));
      fc.assert(
        fc.property(changes, (fields) => {
          const problems = problemsIn(fileWith(fields));
          assert.notEqual(problems.length, 0);
          assertHoldsNoSecret(problems, marks);
        }),
        SAME_VALUES,
      );
    });

    it('finds a sound file that was damaged anywhere, or reads it, and repeats none of its secrets', () => {
      const secrets = [
        SECRET,
        seedKey().passphrase,
        ...(seedKey().privatePem.match(/[A-Za-z\d+/]{40,}/g) ?? []),
      ];
      const cut = fc.record({ at: fc.nat(text.length), length: fc.nat(40), instead: anyText });
      fc.assert(
        fc.property(cut, ({ at, length, instead }) => {
          const reading = readJwtConfig(text.slice(0, at) + instead + text.slice(at + length));
          if (reading.kind === 'unusable') assertHoldsNoSecret(reading, secrets);
          else if (reading.kind === 'config')
            assert.ok(reading.config.clientId !== '' && reading.config.jwtKey.passphrase !== '');
        }),
        { ...SAME_VALUES, numRuns: 300 },
      );
    });
  });
});

describe('configText', () => {
  const text = '{"boxAppSettings": "ключ"}';

  it('reads UTF-8, with and without a byte-order mark', () => {
    assert.equal(configText(Buffer.from(text)), text);
    assert.equal(configText(Buffer.from(`\uFEFF${text}`)), text);
  });

  it('reads UTF-16 as Windows PowerShell writes it', () => {
    assert.equal(configText(Buffer.from(`\uFEFF${text}`, 'utf16le')), text);
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => typeof configText(bytes) === 'string'),
      SAME_VALUES,
    );
  });
});
