import * as vscode from 'vscode';
import type { JwtConfigProblem } from '../../apps/jwtConfigFile';
import { CONVERT_KEY } from '../../apps/jwtKey';

/**
 * Says why a `config.json` cannot be used, and what to do next.
 * @param problems the first is told, and how many more there are.
 */
export function jwtConfigMessage([first, ...more]: readonly [
  JwtConfigProblem,
  ...(readonly JwtConfigProblem[]),
]): string {
  const advice = jwtConfigAdvice(first);
  if (more.length === 0) return advice;
  const others =
    more.length === 1
      ? vscode.l10n.t('This file has one more problem.')
      : vscode.l10n.t('This file has {0} more problems.', more.length);
  return `${advice} ${others}`;
}

/** Says what is wrong with a `config.json`, and what to do next. Nothing of what the file says is repeated. */
export function jwtConfigAdvice(problem: JwtConfigProblem): string {
  return `${whatIsWrong(problem)} ${nextStep(problem)}`;
}

function whatIsWrong(problem: JwtConfigProblem): string {
  if ('path' in problem) return whatIsWrongWithField(problem);
  switch (problem.code) {
    case 'too_large':
      return vscode.l10n.t('This file is larger than 64 kB, so it isn’t the config.json of a Box app.');
    case 'empty_file':
      return vscode.l10n.t('This file is empty.');
    case 'not_json':
      return vscode.l10n.t(
        'This file isn’t JSON. It’s the wrong file, or it was changed after it was downloaded.',
      );
    case 'not_an_object':
      return vscode.l10n.t(
        'This JSON file isn’t the config.json of a Box app: it’s only a list or a single value.',
      );
    case 'other_file':
      return vscode.l10n.t('This JSON file isn’t the config.json of a Box app: “boxAppSettings” is missing.');
    case 'no_key_pair':
      return vscode.l10n.t(
        'This config.json has no key pair in “boxAppSettings.appAuth”. Either it was downloaded without one (Download as JSON), or the app doesn’t use JWT.',
      );
  }
}

function whatIsWrongWithField(problem: Extract<JwtConfigProblem, { readonly path: unknown }>): string {
  switch (problem.code) {
    case 'missing':
      return vscode.l10n.t('The field “{0}” is missing.', problem.path);
    case 'empty':
      return vscode.l10n.t('The field “{0}” is empty.', problem.path);
    case 'not_a_text':
      return vscode.l10n.t('The field “{0}” must be text in quotation marks.', problem.path);
    case 'not_a_group':
      return vscode.l10n.t('The field “{0}” has a value where more fields are expected.', problem.path);
    case 'wrong_characters':
      return vscode.l10n.t('The field “{0}” has characters that Box never uses.', problem.path);
    case 'unknown_algorithm':
      return vscode.l10n.t(
        'The field “{0}” must be RS256, RS384, or RS512. Without it, RS256 is used.',
        problem.path,
      );
    case 'not_a_pem_key':
      return vscode.l10n.t(
        'The field “{0}” isn’t a private key from Box, which starts with -----BEGIN ENCRYPTED PRIVATE KEY-----.',
        problem.path,
      );
    case 'damaged_key':
      return vscode.l10n.t('The private key in “{0}” is damaged or incomplete.', problem.path);
    case 'wrong_passphrase':
      return vscode.l10n.t(
        'The passphrase in “{0}” doesn’t match the private key. They’re from different key pairs, or one was changed.',
        problem.path,
      );
    case 'not_rsa':
      return vscode.l10n.t(
        'The private key in “{0}” isn’t an RSA key, the only kind Box accepts.',
        problem.path,
      );
    case 'short_key':
      return vscode.l10n.t(
        'The private key in “{0}” has fewer than 2,048 bits, which isn’t safe.',
        problem.path,
      );
    case 'unknown_encryption':
      return vscode.l10n.t(
        'The private key in “{0}” is encrypted in a way that {1} can’t open.',
        problem.path,
        vscode.env.appName,
      );
    case 'no_enterprise':
      return vscode.l10n.t(
        'The field “{0}” is 0: this Box account doesn’t belong to an enterprise, so its app has no service account.',
        problem.path,
      );
    case 'key_not_encrypted':
      return vscode.l10n.t(
        'The private key in “{0}” isn’t encrypted, so anyone who can read this file can act as the app.',
        problem.path,
      );
  }
}

type FieldProblem = Extract<JwtConfigProblem, { readonly path: string }>;

function nextStep(problem: JwtConfigProblem): string {
  return 'path' in problem ? nextStepOfField(problem) : nextStepOfFile(problem);
}

function nextStepOfFile(problem: Exclude<JwtConfigProblem, FieldProblem>): string {
  switch (problem.code) {
    case 'too_large':
    case 'empty_file':
    case 'not_json':
    case 'not_an_object':
    case 'other_file':
      return vscode.l10n.t(
        'Choose the file that your browser downloaded when the key pair was generated. To get a new one, open the app in the Box Developer Console, go to Configuration > Add and Manage Public Keys, and select Generate a Public/Private Keypair.',
      );
    case 'no_key_pair':
      return vscode.l10n.t(
        'Open the app in the Box Developer Console. If it uses Server Authentication (JWT), go to Configuration > Add and Manage Public Keys, select Generate a Public/Private Keypair, and choose the file that your browser downloads. Otherwise, add the app with its client ID and client secret.',
      );
  }
}

function nextStepOfField(problem: FieldProblem): string {
  switch (problem.code) {
    case 'key_not_encrypted':
      return vscode.l10n.t(
        'Don’t keep copies of this file. If others could read it, open the app in the Box Developer Console, go to Configuration > Add and Manage Public Keys, remove this key, and generate a new pair.',
      );
    case 'missing':
    case 'empty':
    case 'not_a_text':
    case 'not_a_group':
    case 'wrong_characters':
      return isOfKeyPair(problem.path) ? newKeyPair() : enterField();
    case 'unknown_algorithm':
    case 'not_a_pem_key':
    case 'damaged_key':
    case 'wrong_passphrase':
    case 'not_rsa':
    case 'short_key':
      return newKeyPair();
    case 'unknown_encryption':
      return convertKey();
    case 'no_enterprise':
      return vscode.l10n.t(
        'Create the app in the Developer Console of a Box account that belongs to an enterprise, such as a developer account.',
      );
  }
}

/** Fields that can be copied from nowhere: Box keeps no private key. */
function isOfKeyPair(path: string): boolean {
  return path.startsWith('boxAppSettings.appAuth');
}

function enterField(): string {
  return vscode.l10n.t(
    'Open the app in the Box Developer Console, copy the value into the file, and choose the file again. Or go to Configuration > Add and Manage Public Keys, select Generate a Public/Private Keypair, and choose the file that your browser downloads.',
  );
}

function convertKey(): string {
  return vscode.l10n.t(
    'Save the key to a file, run “{0}”, and put the new key into config.json. Or open the app in the Box Developer Console, go to Configuration > Add and Manage Public Keys, and select Generate a Public/Private Keypair.',
    CONVERT_KEY,
  );
}

function newKeyPair(): string {
  return vscode.l10n.t(
    'If you have the file as it was downloaded, choose that. Otherwise, open the app in the Box Developer Console, go to Configuration > Add and Manage Public Keys, select Generate a Public/Private Keypair, and choose the file that your browser downloads.',
  );
}
