/** The part of VS Code's module that can be had without VS Code: see `vscodeStub.ts`. */
export const l10n = {
  /** The English text, with `{0}`, `{1}`, … replaced, as VS Code gives it where there is no translation. */
  t: (text: string, ...values: readonly (string | number | boolean)[]): string =>
    text.replaceAll(/\{(\d+)\}/g, (placeholder, index: string) =>
      String(values[Number(index)] ?? placeholder),
    ),
};

/** Where the messages say which editor this is. */
export const env = { appName: 'Visual Studio Code' };
