import * as vscode from 'vscode';
import type { OwnKey } from '../../apps/jwtConfigFile';
import { CONVERT_KEY, keyProblem, readPem, type JwtKeyProblem, type PrivateKeyPem } from '../../apps/jwtKey';
import { UnusableFileError } from '../../apps/unusableFile';
import { plainText } from '../messages/userMessage';

/** Largest file that is read, in bytes: keys have some 3,000. */
const MAX_KEY_BYTES = 64 * 1024;

/**
 * Lets the person choose the private key of a `config.json` that has none, because they made the key pair themselves.
 * Nothing is kept here.
 * @param report writes to the log why a key, or a passphrase, cannot be used.
 * @returns undefined when the person gives up.
 */
export async function askOwnKey(report: (error: UnusableFileError) => void): Promise<OwnKey | undefined> {
  const choose = vscode.l10n.t('Choose Private Key…');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('This config.json has no private key'),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Box leaves it out if you created the key pair yourself. Choose the PEM file with the private key that matches the public key at Box.',
      ),
    },
    choose,
  );
  if (answer !== choose) return undefined;
  for (;;) {
    const file = await chooseFile();
    if (file === undefined) return undefined;
    const pem = await readKey(file);
    const problem = typeof pem === 'string' ? pem : problemBeforePassphrase(pem);
    if (typeof pem === 'object' && problem === undefined) return withPassphrase(pem, report);
    const code = problem ?? 'unreadable';
    report(new UnusableFileError([{ code }]));
    if (!(await choosesAnother(file, code))) return undefined;
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose the Private Key of the Box App'),
    openLabel: vscode.l10n.t('Use This File'),
    canSelectMany: false,
    filters: { [vscode.l10n.t('Private Keys')]: ['pem', 'key'], [vscode.l10n.t('All Files')]: ['*'] },
  });
  return chosen?.[0];
}

async function readKey(file: vscode.Uri): Promise<PrivateKeyPem | JwtKeyProblem | 'unreadable'> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > MAX_KEY_BYTES) return 'not_a_pem_key';
    return readPem(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
  } catch {
    return 'unreadable';
  }
}

/** What no passphrase would change. An empty one is wrong, unless something else is in the way. */
function problemBeforePassphrase(pem: PrivateKeyPem): JwtKeyProblem | undefined {
  const problem = keyProblem(pem, '');
  return problem === 'wrong_passphrase' ? undefined : problem;
}

async function withPassphrase(
  { text: privateKey, isEncrypted }: PrivateKeyPem,
  report: (error: UnusableFileError) => void,
): Promise<OwnKey | undefined> {
  if (!isEncrypted) return { privateKey, passphrase: '' };
  let prompt = vscode.l10n.t('Passphrase of the private key. It’s stored only in VS Code’s secret storage.');
  for (;;) {
    const passphrase = await vscode.window.showInputBox({
      title: vscode.l10n.t('Private key of the Box app'),
      prompt,
      password: true,
      ignoreFocusOut: true,
    });
    if (passphrase === undefined) return undefined;
    const code = keyProblem({ text: privateKey, isEncrypted }, passphrase);
    if (code === undefined) return { privateKey, passphrase };
    report(new UnusableFileError([{ code }]));
    prompt = vscode.l10n.t('That passphrase doesn’t open the private key. Enter it again.');
  }
}

async function choosesAnother(file: vscode.Uri, problem: JwtKeyProblem | 'unreadable'): Promise<boolean> {
  const another = vscode.l10n.t('Choose Another File…');
  const name = plainText(file.path.split('/').at(-1) ?? '');
  const detail = whatIsWrong(problem);
  const message = vscode.l10n.t('{0} can’t be used', name);
  return (await vscode.window.showErrorMessage(message, { modal: true, detail }, another)) === another;
}

function whatIsWrong(problem: JwtKeyProblem | 'unreadable'): string {
  switch (problem) {
    case 'unreadable':
      return vscode.l10n.t(
        'The file couldn’t be read. Check that it still exists and that you have permission to read it.',
      );
    case 'not_a_pem_key':
      return vscode.l10n.t(
        'It isn’t a private key in PEM format, which starts with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----.',
      );
    case 'damaged_key':
    case 'wrong_passphrase':
      return vscode.l10n.t('The private key is damaged or incomplete. Choose an intact copy.');
    case 'not_rsa':
      return vscode.l10n.t('It isn’t an RSA key, the only kind Box accepts. Create an RSA key pair.');
    case 'short_key':
      return vscode.l10n.t('The key has fewer than 2,048 bits, which isn’t safe. Create a longer one.');
    case 'unknown_encryption':
      return vscode.l10n.t(
        'The key is encrypted in a way that {0} can’t open. Convert it with “{1}” and choose the new file.',
        vscode.env.appName,
        CONVERT_KEY,
      );
  }
}
