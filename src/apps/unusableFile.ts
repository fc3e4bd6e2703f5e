/** A file of a server app that cannot be used. Nothing of what the file says is in it. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
  readonly code = 'unusable_file';

  /** @param problems what is wrong, each by its code and, where it is about one, the path of the field. */
  constructor(problems: readonly { readonly code: string; readonly path?: string }[]) {
    const parts = problems.map(({ code, path }) => (path === undefined ? code : `${code} (${path})`));
    super(`The file cannot be used: ${parts.join(', ')}`);
  }
}
