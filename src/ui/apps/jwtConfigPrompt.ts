import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import {
  configText,
  MAX_CONFIG_BYTES,
  readJwtConfig,
  type JwtConfig,
  type JwtConfigReading,
  type OwnKey,
} from '../../apps/jwtConfigFile';
import { UnusableFileError } from '../../apps/unusableFile';
import { DEVELOPER_CONSOLE } from '../links';
import { jwtConfigAdvice, jwtConfigMessage } from './jwtConfigMessages';
import type { Notifications } from '../messages/notifications';
import { plainText } from '../messages/userMessage';

/** What a person has chosen: an app with its secrets, and the file that still holds them too. */
export interface ChosenJwtConfig {
  readonly config: JwtConfig;
  readonly file: vscode.Uri;
}

/**
 * Lets the person choose Box's `config.json`, and another one when that cannot be used. Nothing is kept here; when
 * the app is stored, {@link offerToBin} is what comes next.
 * @param notifications writes to the log why a file cannot be used.
 * @param expected the app that the file must be of, where it is for a certain one.
 * @returns undefined when the person gives up.
 */
export async function askJwtConfig(
  notifications: Pick<Notifications, 'report'>,
  expected?: BoxApp,
): Promise<ChosenJwtConfig | undefined> {
  const report: Report = (error) => {
    notifications.report(error, { what: 'Reading the config.json of a server app', app: expected?.name });
  };
  for (;;) {
    const file = await chooseFile();
    if (file === undefined) return undefined;
    const reading = await readWithKey(file, report);
    if (reading === 'cancelled') return undefined;
    const isUsable = reading.kind === 'config' && isOf(reading.config, expected);
    if (isUsable) {
      const [warning] = reading.warnings;
      if (warning !== undefined) void vscode.window.showWarningMessage(jwtConfigAdvice(warning));
      return { config: reading.config, file };
    }
    report(new UnusableFileError(problemsOf(reading)));
    if (!(await choosesAnother(file, whyUnusable(reading, expected)))) return undefined;
  }
}

function isOf({ clientId }: JwtConfig, expected: BoxApp | undefined): boolean {
  return expected === undefined || clientId === expected.clientId;
}

function problemsOf(reading: WholeReading): ConstructorParameters<typeof UnusableFileError>[0] {
  if (reading.kind === 'unreadable') return [{ code: reading.code }];
  return reading.kind === 'unusable' ? reading.problems : [{ code: 'other_app' }];
}

function whyUnusable(reading: WholeReading, expected: BoxApp | undefined): string {
  if (reading.kind === 'unreadable') {
    return vscode.l10n.t(
      'The file couldn’t be read. Check that it still exists and that you have permission to read it.',
    );
  }
  if (reading.kind === 'unusable') return jwtConfigMessage(reading.problems);
  return vscode.l10n.t(
    'This file belongs to a different app than {0}: the client IDs differ. Choose the file of this app, or add the other one as a separate app.',
    plainText(expected?.name ?? ''),
  );
}

/**
 * Offers to move a file to the bin, now that what it holds is stored. Where there is no bin it offers to delete it
 * for good, and says so. Waits for the person, who may never answer; throws nothing.
 * @param app the app whose secrets the file holds.
 */
export async function offerToBin(
  notifications: Pick<Notifications, 'report'>,
  file: vscode.Uri,
  { name: app }: BoxApp,
): Promise<void> {
  const bin = vscode.l10n.t('Move to Trash');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'The secrets of {0} are now in VS Code’s secret storage, and the file is no longer needed. It still contains them in plain text. Move it to the trash and empty it, unless you need the file elsewhere.',
      nameOf(file),
    ),
    bin,
    vscode.l10n.t('Keep File'),
  );
  if (answer !== bin) return;
  try {
    await vscode.workspace.fs.delete(file, { useTrash: true });
  } catch (error) {
    if (isGone(error)) return;
    notifications.report(error, { what: 'Moving a config.json to the trash', app });
    await offerToDelete(file, (reason) => {
      notifications.report(reason, { what: 'Deleting a config.json', app });
    });
  }
}

async function offerToDelete(file: vscode.Uri, report: Report): Promise<void> {
  const forGood = vscode.l10n.t('Delete Permanently');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} couldn’t be moved to the trash', nameOf(file)),
    {
      modal: true,
      detail: vscode.l10n.t(
        'The file can’t be moved to the trash. It still contains the app’s secrets. You can delete it permanently instead. This can’t be undone.',
      ),
    },
    forGood,
  );
  if (answer !== forGood) return;
  try {
    await vscode.workspace.fs.delete(file, { useTrash: false });
  } catch (error) {
    if (isGone(error)) return;
    report(error);
    void vscode.window.showErrorMessage(
      vscode.l10n.t(
        '{0} couldn’t be deleted and still contains the app’s secrets. Delete it yourself.',
        nameOf(file),
      ),
    );
  }
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Choose the config.json of the Box App'),
    openLabel: vscode.l10n.t('Use This File'),
    canSelectMany: false,
    filters: { [vscode.l10n.t('JSON Files')]: ['json'], [vscode.l10n.t('All Files')]: ['*'] },
  });
  return chosen?.[0];
}

/** Reads a file, and asks for its private key where that is somewhere else. */
async function readWithKey(file: vscode.Uri, report: Report): Promise<WholeReading | 'cancelled'> {
  const reading = await readFile(file);
  if (reading.kind !== 'keyElsewhere') return reading;
  const { askOwnKey } = await import('./ownKeyPrompt');
  const ownKey = await askOwnKey(report);
  if (ownKey === undefined) return 'cancelled';
  const whole = await readFile(file, ownKey);
  return whole.kind === 'keyElsewhere' ? { kind: 'unreadable', code: 'no_key' } : whole;
}

/** Writes to the log why something was not done. */
type Report = (error: unknown) => void;

type FileReading = JwtConfigReading | { readonly kind: 'unreadable'; readonly code: string };
type WholeReading = Exclude<FileReading, { readonly kind: 'keyElsewhere' }>;

/** Reads a file that may be of any size. */
async function readFile(file: vscode.Uri, ownKey?: OwnKey): Promise<FileReading> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > MAX_CONFIG_BYTES) return { kind: 'unusable', problems: [{ code: 'too_large' }] };
    return readJwtConfig(configText(await vscode.workspace.fs.readFile(file)), ownKey);
  } catch (error) {
    // Its message has the path, which names the user of the computer.
    return { kind: 'unreadable', code: error instanceof vscode.FileSystemError ? error.code : 'unreadable' };
  }
}

/** Tells why a file cannot be used. Gives whether the person wants to choose another one. */
async function choosesAnother(file: vscode.Uri, detail: string): Promise<boolean> {
  const another = vscode.l10n.t('Choose Another File…');
  const openConsole = vscode.l10n.t('Open the Box Developer Console');
  const message = vscode.l10n.t('{0} can’t be used', nameOf(file));
  for (;;) {
    const answer = await vscode.window.showErrorMessage(
      message,
      { modal: true, detail },
      another,
      openConsole,
    );
    if (answer !== openConsole) return answer === another;
    await vscode.env.openExternal(vscode.Uri.parse(DEVELOPER_CONSOLE));
  }
}

function nameOf(file: vscode.Uri): string {
  return plainText(file.path.split('/').at(-1) ?? '');
}

function isGone(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}
