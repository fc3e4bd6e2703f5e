import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that was found where it should not be. */
export interface Finding {
  /** The first characters of what was found: enough to tell which one, too few to use. */
  readonly what: string;
  readonly encoding: string;
}

/** The forms in which a secret may lie in a file. Base64 is looked for at all three positions within its groups. */
const encodings: Readonly<Record<string, (text: string) => readonly string[]>> = {
  plain: (text) => [text],
  'percent-encoded': (text) => [
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
  ],
  JSON: (text) => [JSON.stringify(text).slice(1, -1)],
  base64: (text) => [0, 1, 2].map((shift) => base64Core(text, shift, 'base64')),
  base64url: (text) => [0, 1, 2].map((shift) => base64Core(text, shift, 'base64url')),
  hexadecimal: (text) => [Buffer.from(text).toString('hex')],
  'UTF-16': (text) => [Buffer.from(text, 'utf16le').toString('latin1')],
};

/** A finding in a file. */
export interface FileFinding extends Finding {
  readonly file: string;
}

/**
 * Searches every file under a folder for texts, as they are and in the encodings in which they could hide.
 *
 * @returns Where they were found: empty when nowhere.
 */
export async function searchFiles(
  directory: string,
  texts: readonly string[],
): Promise<readonly FileFinding[]> {
  const needles = texts.flatMap(needlesOf);
  const findings: FileFinding[] = [];
  for (const file of await listFiles(directory)) {
    const content = await readUnlessGone(file);
    findings.push(...search(content, needles).map((finding) => ({ file, ...finding })));
  }
  return findings;
}

/** VS Code and extensions remove files of theirs, such as the lock's, while others are being searched. */
async function readUnlessGone(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Searches a text for others, in the same encodings. */
export function searchText(text: string, texts: readonly string[]): readonly Finding[] {
  return search(Buffer.from(text), texts.flatMap(needlesOf));
}

/** Lists every regular file under a folder, deep. Links are not followed. */
export async function listFiles(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

interface Needle extends Finding {
  readonly bytes: Buffer;
}

function search(content: Buffer, needles: readonly Needle[]): readonly Finding[] {
  const found = needles.filter(({ bytes }) => content.includes(bytes));
  return found.map(({ what, encoding }) => ({ what, encoding }));
}

function needlesOf(text: string): readonly Needle[] {
  if (text.length < 8) throw new Error('A text this short would be found by chance.');
  const seen = new Set<string>();
  return Object.entries(encodings).flatMap(([encoding, encode]) =>
    encode(text)
      .filter((form) => !seen.has(form) && seen.add(form))
      .map((form) => ({ bytes: Buffer.from(form, 'latin1'), what: `${text.slice(0, 4)}…`, encoding })),
  );
}

/** The part of a base64 text that depends on the secret alone, when `shift` bytes stand before it in its group. */
function base64Core(text: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString(encoding);
  const head = Math.ceil((shift * 8) / 6);
  const tail = Math.floor(((shift + Buffer.byteLength(text)) * 8) / 6);
  return encoded.slice(head, tail);
}
