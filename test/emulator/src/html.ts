import { createHash } from 'node:crypto';
import type { Reply } from './http';
import { STYLE } from './style';

/** Markup that is safe to put into a page. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = string | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function render(value: Value): string {
  if (typeof value === 'string') return escape(value);
  return value instanceof Html ? value.markup : value.map(render).join('');
}

/** A template whose values are escaped, unless they are `Html` themselves. */
export const html = (strings: TemplateStringsArray, ...values: Value[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(render)));

const styleHash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

const policy = (formActions: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src ${styleHash}`,
    `form-action ${["'self'", ...new Set(formActions)].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** What a page consists of. `formActions` are the places that the answer to its form may redirect to. */
export interface Page {
  readonly status?: number;
  readonly title: string;
  readonly content: Html;
  readonly formActions?: readonly string[];
  readonly head?: Html;
  readonly headers?: Reply['headers'];
}

const document = ({ title, content, head = html`` }: Page): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${head} ${STYLE_ELEMENT}
      </head>
      <body>
        <header class="banner">
          <strong>Local emulator, not Box.</strong> Nothing here reaches box.com.
        </header>
        <main>${content}</main>
      </body>
    </html>`;

/** A page of the emulator: banner, no script, nothing external, never framed, never cached. */
export const page = (options: Page): Reply => ({
  status: options.status ?? 200,
  headers: {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': policy(options.formActions ?? []),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    ...options.headers,
  },
  body: document(options).markup,
});
