import * as vscode from 'vscode';

/** A line with a heading between the items of a quick pick. */
export function separator(label: string): vscode.QuickPickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
