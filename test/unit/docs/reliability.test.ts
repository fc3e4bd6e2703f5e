import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedPart, PAGE } from '../sessions/faults/faultTableDocument';
import { faultTableMarkdown } from '../sessions/faults/faultTableMarkdown';
import { SIGNED_OUT_HERE } from '../sessions/faults/faultTexts';

const UI = join(__dirname, '../../../src/ui');

describe('docs/reliability.md', () => {
  it('shows the table of faults that the tests run (npx tsx test/unit/sessions/faults/writeFaultTable.ts writes it)', () => {
    assert.equal(markedPart(readFileSync(PAGE, 'utf8')), faultTableMarkdown());
  });

  it('quotes what is said at a sign-out that Box could not be told of', () => {
    const files = readdirSync(UI, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const sources = files.map((name) => readFileSync(join(UI, name), 'utf8'));
    assert.ok(sources.some((source) => source.includes(`'${SIGNED_OUT_HERE}'`)));
  });
});
