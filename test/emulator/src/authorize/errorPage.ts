import { html, page, type Html } from '../html';
import type { Reply } from '../http';

const detail = (name: string, value: string): Html =>
  html`<dt>${name}</dt>
    <dd>${value === '' ? '(not sent)' : value}</dd>`;

const details = (shown: Readonly<Record<string, string>>): Html => {
  const rows = Object.entries(shown).map(([name, value]) => detail(name, value));
  return rows.length === 0
    ? html``
    : html`<details>
        <summary>Show Error Details</summary>
        <dl>${rows}</dl>
      </details>`;
};

/** Box's own error page: the client never learns of what is shown here. */
export const errorPage = (code: string, shown: Readonly<Record<string, string>>): Reply =>
  page({
    status: 400,
    title: 'There is a problem with this app',
    content: html`<section class="card">
      <div class="body">
        <h1>There is a problem with this app</h1>
        <p class="error">Error: ${code}</p>
        ${details(shown)}
      </div>
    </section>`,
  });

/** The page that users meet when their administrator does not allow the app. */
export const disabledPage = (appName: string): Reply =>
  page({
    status: 403,
    title: 'Disabled by Administrator',
    content: html`<section class="card">
      <div class="body">
        <h1>Disabled by Administrator</h1>
        <p>Your administrator does not allow ${appName}. To use it, please contact admin@example.com.</p>
      </div>
    </section>`,
  });
