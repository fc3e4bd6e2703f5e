import { readFileSync, writeFileSync } from 'node:fs';
import { PAGE, withMarkedPart } from './faultTableDocument';
import { faultTableMarkdown } from './faultTableMarkdown';

// Writes the table of faults that the tests run into the page about reliability.
writeFileSync(PAGE, withMarkedPart(readFileSync(PAGE, 'utf8'), faultTableMarkdown()));
