import { link, mkdir, open, opendir, readFile, rename, stat, unlink, utimes } from 'node:fs/promises';

/** The calls of the file system that locks and claims need, so that tests can make each of them fail. */
export interface FileSystem {
  /** Makes a folder, and those above it. */
  mkdir(folder: string, options: { recursive: true; mode: number }): Promise<unknown>;
  /** Makes a file that must not exist. */
  open(file: string, flags: 'wx', mode: number): Promise<NewFile>;
  readFile(file: string, encoding: 'utf8'): Promise<string>;
  /** @returns when the file was last changed, in ms since the epoch. */
  stat(file: string): Promise<{ readonly mtimeMs: number }>;
  utimes(file: string, accessed: Date, modified: Date): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name, which must not exist. */
  link(from: string, to: string): Promise<void>;
  unlink(file: string): Promise<void>;
  opendir(folder: string): Promise<AsyncIterable<{ readonly name: string }>>;
}

/** A file that was just made. */
export interface NewFile {
  writeFile(content: string): Promise<void>;
  close(): Promise<void>;
}

/** The machine's file system. */
export const nodeFileSystem: FileSystem = {
  mkdir,
  open,
  readFile,
  stat,
  utimes,
  rename,
  link,
  unlink,
  opendir,
};

/** The names in a folder. @param most how many are read at most. @throws what the file system throws */
export async function namesIn(files: FileSystem, folder: string, most: number): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await files.opendir(folder)) {
    if (names.push(name) >= most) break;
  }
  return names;
}
