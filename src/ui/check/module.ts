import * as vscode from 'vscode';
import { createCheck, type CheckDependencies } from '../../check/module';
import type { Notifications } from '../messages/notifications';
import type { SignInParts } from '../signIn/module';
import { CheckCommand } from './checkCommand';
import { proxyOf } from './proxy';

/** Dependencies of {@link createCheckCommand}. */
export interface CheckCommandParts extends Omit<
  CheckDependencies,
  'proxyOf' | 'isServed' | 'methods' | 'environment'
> {
  readonly extension: vscode.Extension<unknown>;
  readonly notifications: Notifications;
  /** To be fired with the address of a report that has become another. */
  readonly reportChange: vscode.EventEmitter<vscode.Uri>;
}

/** Builds what checks an app and shows the report: loaded with the first check. */
export function createCheckCommand(
  { extension, ...parts }: CheckCommandParts,
  { methods, environment }: Pick<SignInParts, 'methods' | 'environment'>,
): CheckCommand {
  const { version, displayName } = extension.packageJSON as { version: string; displayName: string };
  const { appHost, appName, remoteName = '', uiKind } = vscode.env;
  const place = [appHost, remoteName].filter((part) => part !== '').join(', ');
  const isServed = uiKind === vscode.UIKind.Web;
  return new CheckCommand({
    ...parts,
    check: createCheck({ ...parts, methods, environment, proxyOf, isServed }),
    versions: () => ({
      [appName]: `${vscode.version} (${place})`,
      [displayName]: version,
      'Node.js': process.version,
    }),
  });
}
