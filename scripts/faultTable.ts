import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, withMarkedPart } from '../test/unit/sessions/faults/faultTableDocument';
import { faultTableMarkdown } from '../test/unit/sessions/faults/faultTableMarkdown';

// Writes the table of faults that the tests run into the page about reliability.
writeFileSync(PAGE, withMarkedPart(readFileSync(PAGE, 'utf8'), faultTableMarkdown()));
