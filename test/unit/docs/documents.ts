import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const ROOT = join(__dirname, '../../..');

/** A document of the project. */
export interface Document {
  /** Its path in the repository. */
  readonly path: string;
  readonly text: string;
}

/** A document by its path in the repository. */
export function document(path: string): Document {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Every document that people read. */
export function documents(): readonly Document[] {
  const inFolder = (folder: string): readonly string[] => names(folder).map((name) => `${folder}${name}`);
  const pages = [...inFolder(''), ...inFolder('docs/')].filter((path) => path.endsWith('.md'));
  const examples = names('examples').map((name) => `examples/${name}/README.md`);
  return [...pages, ...examples].map(document);
}

/** What is in a folder of the repository, by name. */
export function names(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder)).sort();
}

/** The TypeScript files below a folder, by their paths in the repository. */
export function sources(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
}

/** What the sources of a folder have in quotation marks, by a pattern whose first group it is. */
export function quoted(folder: string, pattern: RegExp): readonly string[] {
  return sources(folder).flatMap((path) =>
    [...document(path).text.matchAll(pattern)].map(([, found = '']) => found),
  );
}

/** Whether a path is in the repository. What is built or downloaded is not. */
export function isInRepository(path: string): boolean {
  return !/^(dist|out|node_modules|\.e2e)(\/|$)/.test(path) && existsSync(join(ROOT, path));
}

/** A text without its blocks of code. */
export function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *(`{3,})[^\n]*\n[\s\S]*?^ *\1 *$/gm, '');
}

/** The blocks of code in a language. */
export function blocks(text: string, language: string): readonly string[] {
  const found = text.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\` *$`, 'gm'));
  return [...found].map(([, code = '']) => code);
}

/** What is between a heading of the second level and the next one. */
export function section(text: string, heading: string): string {
  const [, ...parts] = `\n${text}`.split(/\n## /);
  const found = parts.find((part) => part.split('\n')[0]?.trim() === heading);
  if (found === undefined) throw new Error(`There is no section “${heading}”`);
  return found.slice(found.indexOf('\n'));
}

/** The rows of the first table in a text, without its heading and cell by cell. */
export function rows(text: string): readonly (readonly string[])[] {
  const [table = ''] = /(^\|.*\n?)+/m.exec(text) ?? [];
  const [, , ...lines] = table.trimEnd().split('\n');
  return lines.map((line) =>
    line
      .replaceAll(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** The texts in backticks. */
export function codes(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchors(text: string): ReadonlySet<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => heading);
  const seen = new Map<string, number>();
  return new Set(
    headings.map((heading) => {
      const words = heading.replaceAll(/[`*]|\]\([^)]*\)/g, '').toLowerCase();
      const anchor = words
        .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
        .trim()
        .replaceAll(' ', '-');
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}
