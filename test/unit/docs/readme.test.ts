import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import texts from '../../../package.nls.json';
import { blocks, document, quoted, rows, section } from './documents';

const { text } = document('README.md');
const { commands, configuration } = manifest.contributes;
const PREFIX = 'box-authentication.';

/** A text of the manifest in English. */
function english(reference: string): string {
  const key = reference.replaceAll('%', '');
  assert.ok(Object.hasOwn(texts, key), reference);
  return texts[key as keyof typeof texts];
}

/** The commands that are hidden from the palette: other things lead to them. */
const hidden = new Set(
  manifest.contributes.menus.commandPalette
    .filter(({ when }) => when === 'false')
    .map(({ command }) => command),
);

function titleOf({ category, title }: (typeof commands)[number]): string {
  return `${category}: ${english(title)}`;
}

function inOneLine(part: string): string {
  return part.replaceAll(/\s+/g, ' ');
}

/** A setting's value as the README writes it. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether a message begins with or contains a quotation, in which `…` stands for anything. */
function says(message: string, quotation: string): boolean {
  const parts = quotation.split('…').map((part) => part.trim());
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*');
  return new RegExp(pattern).test(message);
}

describe('README.md', () => {
  it('has every command of the palette in its table, and no other', () => {
    const listed = rows(section(text, 'Commands')).map(([command]) => command);
    const declared = commands.filter(({ command }) => !hidden.has(command)).map(titleOf);
    assert.deepEqual([...listed].sort(), declared.sort());
  });

  it('names the commands that are not in the palette too', () => {
    for (const command of commands.filter(({ command }) => hidden.has(command))) {
      assert.ok(inOneLine(section(text, 'Commands')).includes(`**${titleOf(command)}**`), command.command);
    }
  });

  it('names the walkthrough', () => {
    for (const { title } of manifest.contributes.walkthroughs) {
      assert.ok(inOneLine(text).includes(`**${english(title)}**`), title);
    }
  });

  it('has every setting of the manifest in its table with its default, and no other', () => {
    const listed = rows(section(text, 'Settings')).map(([name, value]) => `${name} = ${value}`);
    const declared = Object.entries(configuration.properties).map(([name, { default: value }]) => {
      assert.ok(name.startsWith(PREFIX), name);
      return `\`${name.slice(PREFIX.length)}\` = \`${written(value)}\``;
    });
    assert.deepEqual([...listed].sort(), declared.sort());
  });

  it('has every value of the settings that take one of several', () => {
    const listed = new Map(rows(section(text, 'Settings')).map(([name, , meaning = '']) => [name, meaning]));
    const { 'box-authentication.signInMethod': method, 'box-authentication.apps': apps } =
      configuration.properties;
    const { authMethod } = apps.items.properties;
    for (const value of method.enum) assert.ok(listed.get('`signInMethod`')?.includes(`\`${value}\``), value);
    for (const value of [...authMethod.enum, ...Object.keys(apps.items.properties)]) {
      assert.ok(listed.get('`apps`')?.includes(`\`${value}\``), value);
    }
  });

  it('names the VS Code that the manifest asks for', () => {
    const [, oldest] = /^\^(\d+\.\d+)\.0$/.exec(manifest.engines.vscode) ?? [];
    assert.ok(text.includes(`VS Code ${oldest} or later`));
  });

  it('has a picture of the sign-in above everything else', () => {
    const [introduction = ''] = text.split('\n## ');
    assert.match(introduction, /!\[[^\]]*sign-in[^\]]*\]\(media\/readme-[\w-]+\.(png|gif|webp)\)/);
  });

  it('has the two lines that try and test the project', () => {
    const lines = blocks(text, 'sh').flatMap((block) =>
      block.split('\n').map((line) => line.split(' #')[0]?.trim()),
    );
    for (const line of ['npm ci && npm start', 'npm ci && npm test']) assert.ok(lines.includes(line), line);
  });

  it('quotes messages that somebody may see', () => {
    const symptoms = rows(document('docs/troubleshooting.md').text).map(([symptom = '']) => symptom);
    const quotations = symptoms.flatMap((symptom) =>
      [...symptom.matchAll(/“([^”]+)”/g)].map(([, quoted = '']) => quoted),
    );
    const all = quoted('src/ui', /'((?:[^'\\\n]|\\.)+)'/g);
    assert.ok(quotations.length > 10);
    for (const quotation of quotations) {
      assert.ok(
        all.some((message) => says(message, quotation)),
        `nobody says “${quotation}”`,
      );
    }
  });
});
