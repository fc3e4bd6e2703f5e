import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ControlClient } from '../../emulator/src/controlClient';
import type { RecordedRequest } from '../../emulator/src/types';
import { hostVariables } from './outcome';

/** Our extension, as VS Code found it. */
export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('vscode-box.box-authentication');
  assert.ok(found, 'The extension is not installed.');
  return found;
}

/** The requests that the Box emulator of this run has got. */
export async function boxRequests(): Promise<readonly RecordedRequest[]> {
  const origin = process.env[hostVariables.emulator];
  assert.ok(origin, `${hostVariables.emulator} is not set.`);
  return new ControlClient(origin).requests();
}
