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
      ? vscode.l10n.t('One more thing is wrong in this file.')
      : vscode.l10n.t('{0} more things are wrong in this file.', more.length);
  return `${advice} ${others}`;
}

/** Says what is wrong with a `config.json`, and what to do next. Nothing of what the file says is repeated. */
export function jwtConfigAdvice(problem: JwtConfigProblem): string {
  return `${whatIsWrong(problem)} ${nextStep(problem)}`;
}

function whatIsWrong(problem: JwtConfigProblem): string {
  return 'path' in problem ? whatIsWrongWithField(problem) : whatIsWrongWithFile(problem);
}

function whatIsWrongWithFile(problem: Exclude<JwtConfigProblem, FieldProblem>): string {
  switch (problem.code) {
    case 'too_large':
      return vscode.l10n.t('This file is larger than 64 kB, so it is not the config.json of a Box app.');
    case 'empty_file':
      return vscode.l10n.t('This file is empty.');
    case 'not_json':
      return vscode.l10n.t(
        'This file is not JSON: either it is another file, or it was cut off or changed after it was downloaded.',
      );
    case 'not_an_object':
      return vscode.l10n.t(
        'This file is JSON, but only a list or a single value, so it is not the config.json of a Box app.',
      );
    case 'other_file':
      return vscode.l10n.t(
        'This file is JSON, but not the config.json of a Box app: “boxAppSettings” is missing.',
      );
    case 'no_key_pair':
      return vscode.l10n.t(
        'This config.json has no key pair in “boxAppSettings.appAuth”: it was downloaded without one, as Download as JSON gives it, or the app does not use JWT.',
      );
  }
}

function whatIsWrongWithField(problem: FieldProblem): string {
  switch (problem.code) {
    case 'missing':
      return vscode.l10n.t('The field “{0}” is missing.', problem.path);
    case 'empty':
      return vscode.l10n.t('The field “{0}” is empty.', problem.path);
    case 'not_a_text':
      return vscode.l10n.t('The field “{0}” is not text in quotation marks.', problem.path);
    case 'not_a_group':
      return vscode.l10n.t('The field “{0}” holds a value instead of further fields.', problem.path);
    case 'wrong_characters':
      return vscode.l10n.t('The field “{0}” holds characters that it never has at Box.', problem.path);
    case 'unknown_algorithm':
      return vscode.l10n.t(
        'The field “{0}” is none of RS256, RS384 and RS512. Without it, RS256 is used.',
        problem.path,
      );
    case 'not_a_pem_key':
      return vscode.l10n.t(
        'The field “{0}” is not a private key as Box gives it, which begins with -----BEGIN ENCRYPTED PRIVATE KEY-----.',
        problem.path,
      );
    case 'damaged_key':
      return vscode.l10n.t('The private key in “{0}” is damaged or cut off.', problem.path);
    case 'wrong_passphrase':
      return vscode.l10n.t(
        'The passphrase in “{0}” does not open the private key: the two are not of one key pair, or one of them was changed.',
        problem.path,
      );
    case 'not_rsa':
      return vscode.l10n.t(
        'The private key in “{0}” is not an RSA key, and Box takes no other.',
        problem.path,
      );
    case 'short_key':
      return vscode.l10n.t(
        'The private key in “{0}” has fewer than 2,048 bits, which is too short to be safe.',
        problem.path,
      );
    case 'unknown_encryption':
      return vscode.l10n.t(
        'The private key in “{0}” is encrypted in a way that {1} cannot open.',
        problem.path,
        vscode.env.appName,
      );
    case 'no_enterprise':
      return vscode.l10n.t(
        'The field “{0}” is 0: this Box account belongs to no enterprise, so its app has no service account.',
        problem.path,
      );
    case 'key_not_encrypted':
      return vscode.l10n.t(
        'The private key in “{0}” is not encrypted, so whoever reads this file can act as the app.',
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
        'Choose the file that the browser downloaded when the key pair was generated. To get a new one, open the app in the Box Developer Console, go to Configuration, Add and Manage Public Keys, and choose Generate a Public/Private Keypair.',
      );
    case 'no_key_pair':
      return vscode.l10n.t(
        'Open the app in the Box Developer Console. If it uses Server Authentication (JWT), go to Configuration, Add and Manage Public Keys, choose Generate a Public/Private Keypair, and choose the file that the browser then downloads. Otherwise add the app here with its client ID and client secret instead.',
      );
  }
}

function nextStepOfField(problem: FieldProblem): string {
  switch (problem.code) {
    case 'key_not_encrypted':
      return vscode.l10n.t(
        'Keep no copy of this file. If others could read it, open the app in the Box Developer Console, go to Configuration, Add and Manage Public Keys, remove this key and generate a new pair.',
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
    'Open the app in the Box Developer Console, copy the value from there into the file, and choose the file again; or go to Configuration, Add and Manage Public Keys, choose Generate a Public/Private Keypair, and choose the file that the browser then downloads.',
  );
}

function convertKey(): string {
  return vscode.l10n.t(
    'Save the key to a file, run “{0}”, and put the new key into config.json. Or open the app in the Box Developer Console, go to Configuration, Add and Manage Public Keys, and choose Generate a Public/Private Keypair.',
    CONVERT_KEY,
  );
}

function newKeyPair(): string {
  return vscode.l10n.t(
    'If you have the file as it was downloaded, choose that. Otherwise open the app in the Box Developer Console, go to Configuration, Add and Manage Public Keys, choose Generate a Public/Private Keypair, and choose the file that the browser then downloads.',
  );
}
