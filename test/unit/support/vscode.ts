import { readFile, rm, stat } from 'node:fs/promises';
import { Emitter, type Event } from '../../../src/common/emitter';
import { editorNow, StatusBarItem } from './standInEditor';

// The part of VS Code's module that can be had without VS Code: see `vscodeStub.ts`. What it shows, asks and keeps is
// the `StandInEditor`'s.

export const l10n = {
  /** The English text, with `{0}`, `{1}`, … replaced, as VS Code gives it where there is no translation. */
  t: (text: string, ...values: readonly (string | number | boolean)[]): string =>
    text.replaceAll(/\{(\d+)\}/g, (placeholder, index: string) =>
      String(values[Number(index)] ?? placeholder),
    ),
};

export const UIKind = { Desktop: 1, Web: 2 } as const;

export const env = {
  /** Where the messages say which editor this is. */
  appName: 'Visual Studio Code',
  get language(): string {
    return editorNow().language;
  },
  get uiKind(): number {
    return editorNow().isInBrowser ? UIKind.Web : UIKind.Desktop;
  },
  openExternal: (target: unknown): Promise<boolean> => editorNow().openExternal(target),
  clipboard: {
    readText: (): Promise<string> => Promise.resolve(editorNow().clipboard),
    writeText: (text: string): Promise<void> => {
      const { clipboardFailure } = editorNow();
      if (clipboardFailure !== undefined) return Promise.reject(clipboardFailure);
      editorNow().clipboard = text;
      return Promise.resolve();
    },
  },
};

/** Several subscriptions in one. */
export class Disposable {
  static from(...all: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(all);
  }

  private constructor(private readonly all: readonly { dispose(): unknown }[]) {}

  dispose(): void {
    for (const each of this.all) each.dispose();
  }
}

/** What VS Code throws where the person calls something off. */
export class CancellationError extends Error {}

/** Cancels what takes its token. */
export class CancellationTokenSource {
  private readonly cancelled = new Emitter<undefined>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.cancelled.event };

  cancel(): void {
    this.token.isCancellationRequested = true;
    this.cancelled.fire(undefined);
  }
}

type Show = (text: string, ...choices: readonly unknown[]) => Promise<unknown>;

interface InputBoxOptions {
  readonly prompt?: string;
  readonly validateInput?: (typed: string) => unknown;
}

interface CancellationToken {
  readonly onCancellationRequested: Event<undefined>;
}

export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 } as const;

export const StatusBarAlignment = { Left: 1, Right: 2 } as const;

/** Markdown as VS Code takes it: text that is appended is shown as it is. */
export class MarkdownString {
  constructor(public value = '') {}

  appendText(text: string): this {
    this.value += text.replaceAll(/[\\`*_{}[\]()#+\-!~]/g, '\\$&');
    return this;
  }
}

export const window = {
  createStatusBarItem: (id: string): StatusBarItem => {
    const item = new StatusBarItem(id);
    editorNow().statusBar.push(item);
    return item;
  },
  /** Whether the window has the focus never changes here. */
  onDidChangeWindowState: new Emitter<unknown>().event,
  showInformationMessage: ((text, ...choices) => editorNow().show('information', text, choices)) as Show,
  showWarningMessage: ((text, ...choices) => editorNow().show('warning', text, choices)) as Show,
  showErrorMessage: ((text, ...choices) => editorNow().show('error', text, choices)) as Show,
  showOpenDialog: ({ title = '' }: { readonly title?: string } = {}): Promise<unknown> =>
    editorNow().show('openDialog', title, []),
  showInputBox: ({ prompt = '', validateInput }: InputBoxOptions): Promise<unknown> =>
    editorNow().show('inputBox', prompt, [], validateInput),
  /** As VS Code's: a token that is cancelled closes the list. */
  showQuickPick: (
    rows: readonly unknown[],
    { placeHolder = '' }: { readonly placeHolder?: string } = {},
    token?: CancellationToken,
  ): Promise<unknown> => {
    const answer = editorNow().show('quickPick', placeHolder, rows);
    const list = editorNow().shown.at(-1);
    token?.onCancellationRequested(() => list?.answer(undefined));
    return answer;
  },
};

/** An icon by its name. */
export class ThemeIcon {
  constructor(readonly id: string) {}
}

/** How a terminal is opened. */
export class TerminalProfile {
  constructor(readonly options: unknown) {}
}

/** What VS Code throws where a file cannot be had. */
export class FileSystemError extends Error {
  override readonly name = 'FileSystemError';

  constructor(
    message: string,
    readonly code = 'Unknown',
  ) {
    super(message);
  }
}

/** No setting ever changes here. Files are given by what has a path. There is no trash. */
export const workspace = {
  /** Only what the workspace sets is there. */
  getConfiguration: (section: string): { readonly inspect: (name: string) => unknown } => ({
    inspect: (name) => ({
      workspaceValue: editorNow().workspaceSettings.get(`${section}.${name}`),
    }),
  }),
  onDidChangeConfiguration: new Emitter<unknown>().event,
  fs: {
    stat: ({ path }: { readonly path: string }): Promise<unknown> =>
      stat(path).catch((error: unknown) => {
        throw new FileSystemError(`Unable to resolve nonexistent file '${path}'`, codeOf(error));
      }),
    readFile: ({ path }: { readonly path: string }): Promise<Uint8Array> => readFile(path),
    delete: (
      { path }: { readonly path: string },
      { useTrash }: { readonly useTrash: boolean },
    ): Promise<void> =>
      useTrash ? Promise.reject(new FileSystemError(`Failed to move '${path}' to the trash`)) : rm(path),
  },
};

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'FileNotFound' : undefined;
}

export const commands = {
  executeCommand: (...command: readonly unknown[]): Promise<void> => {
    editorNow().ran.push(command);
    return Promise.resolve();
  },
  registerCommand: (id: string, run: (...given: readonly unknown[]) => unknown): { dispose(): void } => {
    const { registered } = editorNow();
    registered.set(id, run);
    return { dispose: () => registered.delete(id) };
  },
};
