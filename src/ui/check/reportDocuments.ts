import * as vscode from 'vscode';
import { REPORT_SCHEME } from '../links';

/** The reports of this window. A later one of the same app takes the place of the one before. */
const texts = new Map<string, string>();
let last: string | undefined;

/** The text of a report. One that is left from before the window was loaded says how to get it again. */
export function reportText(uri: vscode.Uri): string {
  return (
    texts.get(uri.path) ??
    vscode.l10n.t('This report is no longer available. Run Box: Check App… to get a new one.')
  );
}

/** The text of the report that was shown last. */
export function lastReport(): string | undefined {
  return last;
}

/**
 * Shows a report, rendered. Where Markdown is not rendered, its text is shown.
 * @param change fired with its address, at which another may have been.
 */
export async function showReport(
  appName: string,
  text: string,
  change: Pick<vscode.EventEmitter<vscode.Uri>, 'fire'>,
): Promise<void> {
  const name = vscode.l10n.t('Check of {0}', appName).replaceAll(/[/\\?#]/g, '-');
  const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${name}.md` });
  texts.set(uri.path, text);
  last = text;
  change.fire(uri);
  // Without the built-in extension that renders Markdown, opening its editor would never end.
  if (vscode.extensions.getExtension('vscode.markdown-language-features') === undefined) {
    await vscode.window.showTextDocument(uri, { preview: false });
  } else {
    await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor');
  }
}
