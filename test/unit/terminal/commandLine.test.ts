import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readCommandLine, type CommandLine } from '../../../src/terminal/helper/commandLine';
import { anyText, SAME_VALUES } from '../support/property';

describe('readCommandLine', () => {
  const read: readonly (readonly [args: string, CommandLine])[] = [
    ['', { kind: 'print', format: 'token', scopes: [] }],
    ['--header', { kind: 'print', format: 'header', scopes: [] }],
    ['--json', { kind: 'print', format: 'json', scopes: [] }],
    ['--account ann@example.com', { kind: 'print', format: 'token', scopes: [], account: 'ann@example.com' }],
    ['--account=7 --json', { kind: 'print', format: 'json', scopes: [], account: '7' }],
    [
      '--scope item_preview --scope=item_share',
      { kind: 'print', format: 'token', scopes: ['item_preview', 'item_share'] },
    ],
    [
      '--scope item_preview --resource r',
      { kind: 'print', format: 'token', scopes: ['item_preview'], resource: 'r' },
    ],
    ['run -- npm test --json', { kind: 'run', command: 'npm', args: ['test', '--json'], scopes: [] }],
    [
      'run --scope root_readonly -- x --',
      { kind: 'run', command: 'x', args: ['--'], scopes: ['root_readonly'] },
    ],
    ['--help', { kind: 'help' }],
    ['run -h', { kind: 'help' }],
    ['--version', { kind: 'version' }],
  ];
  for (const [args, expected] of read) {
    it(`reads: box-token ${args}`, () => {
      assert.deepEqual(readCommandLine(args === '' ? [] : args.split(' ')), expected);
    });
  }

  it('splits scopes that stand together, as OAuth writes them', () => {
    assert.deepEqual(readCommandLine(['--scope', 'item_preview  item_share']), {
      kind: 'print',
      format: 'token',
      scopes: ['item_preview', 'item_share'],
    });
  });

  const wrong: Readonly<Record<string, RegExp>> = {
    '--nothing': /There is no option --nothing/,
    '--scope': /--scope needs a value/,
    '--scope=item_preview,item_download': /none of Box’s scopes/,
    '--scope item_preveiw': /none of Box’s scopes/,
    '--account=': /--account needs a value/,
    '--header --json': /Choose one/,
    '--header=x': /takes no value/,
    '--account a --account b': /once only/,
    run: /No command/,
    'run --': /No command/,
    'run --json -- x': /cannot be used with run/,
    '-- x': /box-token run --/,
    'run npm': /no option/,
    token: /no option/,
  };
  for (const [args, problem] of Object.entries(wrong)) {
    it(`refuses: box-token ${args}`, () => {
      const line = readCommandLine(args.split(' '));
      assert.ok(line.kind === 'wrong');
      assert.match(line.problem, problem);
    });
  }

  it('takes any arguments, and repeats none that could be a secret', () => {
    const secret = 'Zz9-secret-Zz9';
    const argument = fc.oneof(
      anyText,
      fc.constantFrom('run', '--', '--scope', '--json', '--account', secret),
    );
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 8 }), (args) => {
        const line = readCommandLine(args);
        if (line.kind === 'wrong') assert.ok(!line.problem.includes(secret));
        if (line.kind === 'run') assert.ok(args.indexOf('--') > 0 && args[0] === 'run');
      }),
      SAME_VALUES,
    );
  });
});
