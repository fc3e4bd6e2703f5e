import { messageText, REVOKED_HERE, SIGNED_OUT_HERE } from './faultTexts';
import { SEED } from '../../../emulator/src';
import { OPERATION_IDS, OPERATIONS, type OperationId } from './faultOperations';
import { errorOf, PASSING_FAULTS, REFUSALS, type Cell, type FaultRow, type Outcome } from './faultTable';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  none: 'no session',
  kept: 'kept',
  served: 'kept, old token given',
  pending: 'gone here, revocation pending',
  gone: 'gone here and at Box',
  ended: 'ended, told once',
  revoked: 'tokens revoked',
  revokedLater: 'needs a new sign-in, revocation pending',
};

const NOTHING = 'Nothing: the old token still works.';

/**
 * The table of faults as it stands in `docs/reliability.md`, formatted as Prettier does it: what becomes of the
 * session and how many requests are sent while a fault lasts, the same for answers in which Box says no, and what the
 * person sees.
 */
export function faultTableMarkdown(): string {
  const names = OPERATION_IDS.map((id) => OPERATIONS[id].name);
  const over = ['once it is over', ...OPERATION_IDS.map((id) => OPERATIONS[id].afterwards)];
  return [
    table([['While this lasts', ...names], ...PASSING_FAULTS.map(outcomes), over]),
    table([['Box says no', ...names], ...REFUSALS.map(outcomes)]),
    table([['What the person sees', 'when'], ...texts()]),
  ].join('\n\n');
}

function outcomes(row: FaultRow): string[] {
  return [row.fault, ...OPERATION_IDS.map((id) => describeCell(row[id]))];
}

function describeCell(cell: Cell | undefined): string {
  if (cell === undefined) return '—';
  const { outcome, requests, spent = false } = cell;
  const count = requests === 1 ? '1 request' : `${requests} requests`;
  return `${OUTCOMES[outcome]}; ${count}${spent ? '; code spent' : ''}`;
}

/** Each text, with the operations and faults that it is seen with. */
function texts(): string[][] {
  const seen = new Map<string, Map<string, string[]>>();
  for (const row of [...PASSING_FAULTS, ...REFUSALS]) {
    for (const [text, ids] of textsOf(row)) {
      const operations = ids.map((id) => OPERATIONS[id].short).join(', ');
      const occasions = seen.get(text) ?? new Map<string, string[]>();
      seen.set(text, occasions.set(operations, [...(occasions.get(operations) ?? []), row.fault]));
    }
  }
  return [...seen].map(([text, occasions]) => [
    text,
    [...occasions].map(([operations, faults]) => `${operations}: ${faults.join(', ')}`).join('; '),
  ]);
}

function textsOf(row: FaultRow): Map<string, OperationId[]> {
  const found = new Map<string, OperationId[]>();
  for (const id of OPERATION_IDS) {
    const cell = row[id];
    const text = cell && textOf(row, cell);
    if (text !== undefined) found.set(text, [...(found.get(text) ?? []), id]);
  }
  return found;
}

function textOf(row: FaultRow, cell: Cell): string | undefined {
  if (cell.outcome === 'served') return NOTHING;
  // Why it could not be confirmed differs from row to row, and stands with the other operations.
  if (cell.outcome === 'pending') {
    return quoted(SIGNED_OUT_HERE.replace('{0}', SEED.userLogin).replace('{1}', '…'));
  }
  if (cell.outcome === 'revokedLater') {
    return quoted(REVOKED_HERE.replace('{0}', SEED.userLogin).replace('{1}', '…'));
  }
  const error = errorOf(row, cell);
  return error && quoted(messageText(error));
}

function quoted(text: string): string {
  return `“${text}”`;
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
