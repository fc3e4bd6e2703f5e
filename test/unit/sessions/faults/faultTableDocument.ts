import { join } from 'node:path';

/** The page that shows the table of faults. */
export const PAGE = join(__dirname, '../../../../docs/reliability.md');

/** What stands before and after the table on that page. */
const MARKERS = { begin: '<!-- fault table -->', end: '<!-- /fault table -->' } as const;

/** The part of a page between the markers, without the blank lines around it. @throws where a marker is missing */
export function markedPart(page: string): string {
  const [from, to] = borders(page);
  return page.slice(from, to).trim();
}

/** The page with another part between the markers. @throws where a marker is missing */
export function withMarkedPart(page: string, part: string): string {
  const [from, to] = borders(page);
  return `${page.slice(0, from)}\n\n${part}\n\n${page.slice(to)}`;
}

function borders(page: string): [number, number] {
  const from = page.indexOf(MARKERS.begin) + MARKERS.begin.length;
  const to = page.indexOf(MARKERS.end);
  if (from < MARKERS.begin.length || to < from)
    throw new Error('The page has no place for the table of faults');
  return [from, to];
}
