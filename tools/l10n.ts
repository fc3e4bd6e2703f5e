import { writeFileSync } from 'node:fs';
import { localizableTexts } from './lib/localizable';

/** `npm run l10n`: writes the English bundle, whose keys the translations in `l10n` must have. */
const { messages } = localizableTexts('src');
const texts = [...new Set(messages.map(({ text }) => text))].sort();
const bundle = Object.fromEntries(texts.map((text) => [text, text]));
writeFileSync('l10n/bundle.l10n.json', `${JSON.stringify(bundle, undefined, 2)}\n`);
console.log(`${texts.length} texts`);
