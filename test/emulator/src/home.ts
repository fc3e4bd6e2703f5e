import { html, page, type Html } from './html';
import type { Reply } from './http';
import type { Model } from './model';

const loginsOf = (model: Model): Html[] =>
  [...model.users.values()]
    .filter((user) => user.serviceAccountOf === null)
    .map((user) => html`<li>${user.name} (${user.login})</li>`);

/** `GET /`: says what this is and who can log in. */
export const homeEndpoint = (model: Model): Reply =>
  page({
    title: 'Box emulator',
    content: html`<section class="card">
      <div class="body">
        <h1>Box emulator</h1>
        <p>
          This server plays Box's part in sign-ins on this machine. Accounts that can log in, with any
          password:
        </p>
        <ul>
          ${loginsOf(model)}
        </ul>
      </div>
    </section>`,
  });
