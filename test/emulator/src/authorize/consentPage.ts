import { html, page } from '../html';
import type { Reply } from '../http';
import type { EmulatorApp, EmulatorUser } from '../types';
import { formActionsOf } from './formActions';
import { scopeLabels } from './scopeLabels';
import { sessionCookie, type Ticket } from './ticket';

/** The consent page, laid out as Box's: who, which app, what it may do, Grant, and Deny under it. */
export const consentPage = (ticket: Ticket, user: EmulatorUser, app: EmulatorApp): Reply =>
  page({
    title: `Grant ${app.name} access`,
    headers: sessionCookie(ticket.session),
    formActions: formActionsOf(ticket.request),
    content: html`<section class="card">
      <div class="bar">Box emulator</div>
      <div class="body">
        <div class="icon" aria-hidden="true">${app.name.charAt(0).toUpperCase()}</div>
        <h1 class="center">${app.name} wants access to your account</h1>
        <p>You are logged in as <strong>${user.login}</strong>. ${app.name} will be able to:</p>
        <ul>
          ${scopeLabels(ticket.request.scopes).map((label) => html`<li>${label}</li>`)}
        </ul>
        <form method="post" action="/consent">
          <input type="hidden" name="ticket" value="${ticket.id}" />
          <button class="button" type="submit" name="decision" value="grant">Grant access to Box</button>
          <button class="link" type="submit" name="decision" value="deny">Deny access to Box</button>
        </form>
        <p class="foot muted">Not you? <a href="/login?ticket=${ticket.id}">Use another account</a></p>
      </div>
    </section>`,
  });
