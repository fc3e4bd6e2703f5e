import type { Workbench } from '../vscode/workbench';

/** Settings for an editor of nothing but text, whose cursor is in every picture. */
export const plainEditor = {
  'breadcrumbs.enabled': false,
  'editor.cursorBlinking': 'solid',
  'editor.fontFamily': 'DejaVu Sans Mono',
  'editor.hideCursorInOverviewRuler': true,
  'editor.minimap.enabled': false,
  'editor.overviewRulerBorder': false,
  'editor.scrollbar.horizontal': 'hidden',
  'editor.scrollBeyondLastLine': false,
};

/** Opens a file of the workspace by its name in the side bar, and puts the side bar away. */
export async function openAlone(workbench: Workbench, name: string): Promise<void> {
  const { page } = workbench;
  await workbench.runCommand('View: Show Explorer');
  await page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
  await page.locator('.tab.active', { hasText: name }).waitFor();
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
}

/** Puts away what stands in the status bar of a served VS Code and has nothing to do with Box, until the window is loaded again. */
export async function hideForeignStatusItems({ page }: Workbench): Promise<void> {
  const items = ['keyboardLayout', 'forwardedPorts'].map((name) => `.statusbar-item[id$=".${name}"]`);
  await page.addStyleTag({ content: `${items.join()} { display: none !important; }` });
}
