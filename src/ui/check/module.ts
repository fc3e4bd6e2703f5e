import * as vscode from 'vscode';
import { createCheck, type CheckDependencies } from '../../check/module';
import { CheckCommand } from './checkCommand';
import { proxyOf } from './proxy';

/** Dependencies of {@link createCheckCommand}. */
export interface CheckCommandParts extends Omit<CheckDependencies, 'proxyOf' | 'isServed'> {
  /** This extension’s version. */
  readonly version: string;
  /** Its name for people. */
  readonly displayName: string;
}

/** Builds what checks an app and shows the report: loaded with the first check. */
export function createCheckCommand({ version, displayName, ...parts }: CheckCommandParts): CheckCommand {
  const isServed = vscode.env.uiKind === vscode.UIKind.Web;
  return new CheckCommand({
    ...parts,
    check: createCheck({ ...parts, proxyOf, isServed }),
    versions: () => ({
      [vscode.env.appName]:
        `${vscode.version} (${[vscode.env.appHost, vscode.env.remoteName ?? ''].filter(Boolean).join(', ')})`,
      [displayName]: version,
      'Node.js': process.version,
    }),
  });
}
