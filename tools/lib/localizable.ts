import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A text of the source, and where it is. */
export interface FoundText {
  readonly text: string;
  /** `path:line`, from the root of the project. */
  readonly place: string;
}

/** The texts that people see in a folder of the source. */
export interface LocalizableTexts {
  /** What goes through `vscode.l10n.t`: the keys of the bundles. */
  readonly messages: readonly FoundText[];
  /** Calls of `vscode.l10n.t` whose text is not written in the call, which no bundle can hold. */
  readonly computed: readonly FoundText[];
  /** Literals that read like sentences and go through nothing. */
  readonly bare: readonly FoundText[];
}

/** Reads every TypeScript file below a folder. */
export function localizableTexts(folder: string): LocalizableTexts {
  const messages: FoundText[] = [];
  const computed: FoundText[] = [];
  const bare: FoundText[] = [];
  for (const file of filesBelow(folder)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const found = (node: ts.Node, text: string): FoundText => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      return { text, place: `${file}:${line + 1}` };
    };
    const visit = (node: ts.Node): void => {
      if (isTranslation(node)) {
        const [first] = node.arguments;
        const isLiteral = first !== undefined && ts.isStringLiteralLike(first);
        if (isLiteral) messages.push(found(node, first.text));
        else computed.push(found(node, node.getText()));
        for (const argument of node.arguments.slice(isLiteral ? 1 : 0)) visit(argument);
        return;
      }
      const text = literalText(node);
      if (text !== undefined && isSentence(text) && !isThrown(node)) bare.push(found(node, text));
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { messages, computed, bare };
}

function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText() === 'vscode.l10n.t';
}

function literalText(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) ? node.text : undefined;
}

/** Two words with a space between them, at least one of more than one letter; code and identifiers have none. */
function isSentence(text: string): boolean {
  return /\p{L}{2,} \p{L}|\p{L} \p{L}{2,}/u.test(text);
}

/** What was tried, for the log: `what` of an `Attempt`, and the first argument of `Notifications.run`. */
function isAttempt(node: ts.Node): boolean {
  if (ts.isPropertyAssignment(node)) return node.name.getText() === 'what';
  if (ts.isSourceFile(node)) return false;
  const { parent } = node;
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
  return parent.expression.getText().endsWith('notifications.run');
}

/** What is thrown or logged is for developers. */
function isThrown(node: ts.Node): boolean {
  if (ts.isNewExpression(node) && node.expression.getText().endsWith('Error')) return true;
  if (ts.isCallExpression(node) && /(^|\.)log\.\w+$/.test(node.expression.getText())) return true;
  if (isAttempt(node)) return true;
  return !ts.isSourceFile(node) && isThrown(node.parent);
}

/**
 * The texts of buttons, links in notifications and entries of menus with an icon, as a person reads them.
 *
 * @param folder As for {@link localizableTexts}.
 */
export function buttonTexts(folder: string): readonly string[] {
  const texts = new Set<string>();
  for (const file of filesBelow(folder)) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    const named = new Map<string, string>();
    const visit = (node: ts.Node): void => {
      if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
        const text = translated(node.initializer);
        if (text !== undefined) named.set(node.name.getText(), text);
      }
      if (isMessage(node))
        for (const button of node.arguments.slice(1)) note(translated(button) ?? named.get(button.getText()));
      if (isTranslation(node)) noteTranslation(node);
      ts.forEachChild(node, visit);
    };
    const note = (text: string | undefined): void => {
      if (text !== undefined) texts.add(text);
    };
    const noteTranslation = (node: ts.CallExpression): void => {
      const text = translated(node) ?? '';
      for (const [, link] of text.matchAll(/\[([^\]]+)\]\(\{\d\}\)/g)) note(link);
      if (isButton(node, text)) note(text);
    };
    visit(source);
  }
  return [...texts];
}

/** An entry with an icon, a tooltip of a button, or what a function `titleOf` gives. */
function isButton(node: ts.CallExpression, text: string): boolean {
  const { parent } = node;
  if (ts.isPropertyAssignment(parent)) {
    const name = parent.name.getText();
    return name === 'tooltip' ? !text.includes('{') : name === 'label' && text.startsWith('$(');
  }
  const owner = ts.findAncestor(node, ts.isFunctionDeclaration);
  return ts.isReturnStatement(parent) && owner?.name?.text === 'titleOf';
}

function isMessage(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && /^vscode\.window\.show\w+Message$/.test(node.expression.getText());
}

function translated(node: ts.Node): string | undefined {
  const [text] = isTranslation(node) ? node.arguments : [];
  return text !== undefined && ts.isStringLiteralLike(text) ? text.text : undefined;
}
