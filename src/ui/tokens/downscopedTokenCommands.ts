import * as vscode from 'vscode';
import type { AnnotatorTokens } from '../../sessions/downscoped/annotatorTokens';
import type { DownscopedTokens } from '../../sessions/downscoped/downscopedTokens';
import type { LiveSession } from '../../sessions/store/sessionRecord';
import { askResource, pickScopes } from './downscopePrompts';
import type { TokenClipboard } from './tokenClipboard';
import { plainText } from '../messages/userMessage';

/** Dependencies of {@link DownscopedTokenCommands}. */
export interface DownscopedTokenCommandsDependencies {
  readonly downscoped: DownscopedTokens;
  readonly annotators: AnnotatorTokens;
  readonly clipboard: TokenClipboard;
}

/** The commands that make tokens for somebody else: each asks what the token may do, and copies it. */
export class DownscopedTokenCommands {
  constructor(private readonly dependencies: DownscopedTokenCommandsDependencies) {}

  /** Copies a downscoped token of a session. Throws what exchanging throws. */
  async createDownscoped(session: LiveSession): Promise<void> {
    const { downscoped, clipboard } = this.dependencies;
    const title = vscode.l10n.t('Create a downscoped token');
    const scopes = await pickScopes(title);
    const chosen = scopes && (await askResource(title));
    if (scopes === undefined || chosen === undefined) return;
    const pair = await downscoped.exchange(session, scopes, chosen.resource);
    await clipboard.copy({ ...session, pair }, vscode.l10n.t('Downscoped token copied.'));
  }

  /** Copies an annotator's token, made by a JWT app. Throws what making it throws. */
  async createAnnotator(session: LiveSession): Promise<void> {
    const { annotators, clipboard } = this.dependencies;
    const title = vscode.l10n.t('Create an annotator token');
    const annotator = await askAnnotator(title);
    const scopes =
      annotator && (await pickScopes(title, ['base_preview', 'annotation_edit', 'annotation_view_all']));
    const chosen = scopes && (await askResource(title));
    if (annotator === undefined || scopes === undefined || chosen === undefined) return;
    const pair = await annotators.make(session, annotator, scopes, chosen.resource);
    await clipboard.copy(
      { ...session, pair },
      vscode.l10n.t('Annotator token of {0} copied.', plainText(annotator.displayName)),
    );
  }
}

async function askAnnotator(title: string) {
  const externalUserId = await askText(
    title,
    vscode.l10n.t('The annotator’s ID in your own system. They don’t need a Box account'),
    vscode.l10n.t('Enter an ID.'),
  );
  if (externalUserId === undefined) return undefined;
  const displayName = await askText(
    title,
    vscode.l10n.t('Name to show with the annotations'),
    vscode.l10n.t('Enter a name.'),
  );
  return displayName === undefined ? undefined : { externalUserId, displayName };
}

async function askText(title: string, prompt: string, whenEmpty: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    ignoreFocusOut: true,
    validateInput: (entered) => (entered.trim() === '' ? whenEmpty : undefined),
  });
  return text?.trim();
}
