import { html, page, type Html } from '../html';
import type { Reply } from '../http';
import { formActionsOf } from './formActions';
import { sessionCookie, type Ticket } from './ticket';

const alert = (error: string | undefined): Html =>
  error === undefined ? html`` : html`<p class="error" id="login-error" role="alert">${error}</p>`;

const emailField = (login: string, error: string | undefined): Html => {
  const invalid = error === undefined ? html`` : html`aria-invalid="true" aria-describedby="login-error"`;
  return html`<label for="login">Email address</label>
    <input
      id="login"
      name="login"
      type="email"
      autocomplete="username"
      required
      value="${login}"
      ${invalid}
    />`;
};

/** The login page; any password works, and the page says so. */
export const loginPage = (ticket: Ticket, login: string, error?: string): Reply =>
  page({
    title: 'Log in to the Box emulator',
    headers: sessionCookie(ticket.session),
    formActions: formActionsOf(ticket.request),
    content: html`<section class="card">
      <div class="body">
        <h1>Log in to your account</h1>
        ${alert(error)}
        <form method="post" action="/login">
          <input type="hidden" name="ticket" value="${ticket.id}" />
          ${emailField(login, error)}
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            aria-describedby="password-hint"
          />
          <p class="muted" id="password-hint">Any password works here; do not type a real one.</p>
          <button class="button" type="submit">Log in</button>
        </form>
      </div>
    </section>`,
  });
