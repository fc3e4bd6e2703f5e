import * as v from 'valibot';
import type { BoxBaseUrls } from './endpoints';

const text = v.pipe(v.string(), v.nonEmpty());

/** The origins of one Box, as they are stored with what was made for it. */
export const originsSchema = v.object({ account: text, api: text }) satisfies v.GenericSchema<BoxBaseUrls>;
