import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { windowsCommand } from '../../../src/terminal/helper/windowsCommand';
import { SET_ASIDE, VARIABLES } from '../../../src/terminal/protocol';
import { projectRoot } from '../../../tools/lib/paths';

const read = (name: string): string => readFileSync(join(projectRoot, 'bin', name), 'utf8');

// Neither the batch file nor what follows from it was tried on Windows.
describe('bin/box-token.cmd', () => {
  const text = read('box-token.cmd');
  const lines = text.split('\r\n');

  it('has the line ends that the command interpreter needs, and no other', () => {
    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
    assert.ok(text.endsWith('\r\n'));
  });

  it('shows none of its commands and leaves nothing behind in the environment', () => {
    assert.equal(lines[0], '@echo off');
    assert.ok(lines.indexOf('setlocal') < lines.findIndex((line) => /\bset "/.test(line)));
  });

  it('runs the program beside it in VS Code’s Node.js, with all arguments, as its last command', () => {
    const last = lines.filter((line) => line !== '').at(-1);
    assert.equal(last, `"%${VARIABLES.node}%" "%~dp0..\\dist\\box-token.cjs" %*`);
  });

  it('exits with 5 where there is no access', () => {
    assert.match(
      text,
      /if not exist "%BOX_TOKEN_NODE%" \(\r\n {2}echo box-token: .* 1>&2\r\n {2}exit \/b 5\r\n\)/,
    );
  });

  it('puts aside what it changes', () => {
    for (const [name, kept] of Object.entries(SET_ASIDE)) {
      assert.ok(lines.includes(`if defined ${name} set "${kept}=%${name}%"`), name);
    }
    assert.ok(lines.includes('set "NODE_OPTIONS="') && lines.includes('set "ELECTRON_RUN_AS_NODE=1"'));
  });
});

describe('bin/box-token', () => {
  it('is for any POSIX shell, and puts aside what it changes', () => {
    const text = read('box-token');
    assert.ok(text.startsWith('#!/bin/sh\n'));
    assert.doesNotMatch(text, /\[\[|\bfunction\b|\blocal\b|\$'|<<</);
    for (const [name, kept] of Object.entries(SET_ASIDE))
      assert.ok(text.includes(`export ${kept}="$${name}"`));
    assert.match(text, /^ELECTRON_RUN_AS_NODE=1 exec "\$BOX_TOKEN_NODE" /m);
  });
});

describe('windowsCommand', () => {
  const env = { Path: 'C:\\bin;C:\\node', PATHEXT: '.COM;.EXE;.BAT;.CMD', comspec: 'C:\\cmd.exe' };
  const exists =
    (...files: readonly string[]) =>
    (file: string): boolean =>
      files.some((each) => each.toLowerCase() === file.toLowerCase());

  it('finds a program by the endings that Windows knows, in the order of PATH', () => {
    const there = exists('C:\\node\\curl.exe', 'C:\\bin\\curl.bat', 'C:\\bin\\curl.exe');
    assert.deepEqual(windowsCommand('curl', [], env, there), { file: 'C:\\bin\\curl.EXE' });
  });

  it('takes a whole name and a path as they are', () => {
    assert.deepEqual(windowsCommand('curl.exe', [], env, exists('C:\\node\\curl.exe')), {
      file: 'C:\\node\\curl.exe',
    });
    assert.deepEqual(windowsCommand('.\\x', [], env, exists('.\\x.EXE', '.\\x.exe')).file, '.\\x.EXE');
  });

  it('leaves to Node.js what it does not find', () => {
    assert.deepEqual(windowsCommand('nothing', [], env, exists()), { file: 'nothing' });
  });

  it('has the command interpreter run a batch file, whose arguments cannot become commands', () => {
    const { file, line } = windowsCommand(
      'npm',
      ['a b', '%PATH%', '&del', '"x"'],
      env,
      exists('C:\\node\\npm.cmd'),
    );
    assert.equal(file, 'C:\\cmd.exe');
    assert.deepEqual(line?.slice(0, 3), ['/d', '/s', '/c']);
    const command = line[3] ?? '';
    assert.ok(command.startsWith('"C:\\node\\npm.CMD '), command);
    for (const character of ['%', '&']) {
      const escaped = command.split(character).slice(0, -1);
      assert.ok(escaped.length > 0 && escaped.every((before) => before.endsWith('^')), command);
    }
  });
});
