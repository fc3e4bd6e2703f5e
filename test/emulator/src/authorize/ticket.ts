import { alphanumeric } from '../random';
import type { EmulatorRequest, Reply } from '../http';
import type { Model } from '../model';
import { Refusal } from '../refusal';
import { errorPage } from './errorPage';
import type { AuthorizationRequest } from './request';

/** A browser that has been here; `userId` is who is logged in there. */
export interface BrowserSession {
  readonly id: string;
  userId: string | undefined;
}

/** An authorization request on its way through the pages, bound to one browser so that no other can answer it. */
export interface Ticket {
  readonly id: string;
  readonly request: AuthorizationRequest;
  readonly session: BrowserSession;
  /** Whom the consent page named; nobody else, logged in meanwhile in another tab, can give that consent. */
  askedUserId: string | undefined;
  /** The answer to the user's decision, which a second click gets again. */
  outcome: Reply | undefined;
}

const COOKIE = 'box_emulator_session';

/** The browser's session, a new one if it has none. */
export function browserSession(model: Model, request: EmulatorRequest): BrowserSession {
  const known = model.browserSessions.get(request.cookies.get(COOKIE) ?? '');
  if (known !== undefined) return known;
  const session = { id: alphanumeric(32), userId: undefined };
  model.browserSessions.set(session.id, session);
  return session;
}

/** The header that gives a browser its session. */
export const sessionCookie = (session: BrowserSession): Reply['headers'] => ({
  'Set-Cookie': `${COOKIE}=${session.id}; Path=/; HttpOnly; SameSite=Lax`,
});

/** Opens a ticket for a request in a browser. */
export function openTicket(model: Model, request: AuthorizationRequest, session: BrowserSession): Ticket {
  const ticket: Ticket = {
    id: alphanumeric(32),
    request,
    session,
    askedUserId: undefined,
    outcome: undefined,
  };
  model.tickets.set(ticket.id, ticket);
  return ticket;
}

/** The ticket that a page's form or link names; throws an error page when this browser has no such ticket. */
export function ticketOf(model: Model, request: EmulatorRequest): Ticket {
  const id = (request.method === 'POST' ? request.form : request.query).get('ticket');
  const ticket = model.tickets.get(id ?? '');
  if (ticket === undefined || ticket.session.id !== request.cookies.get(COOKIE)) {
    throw new Refusal(errorPage('invalid_request', {}));
  }
  return ticket;
}
