import { browserConsequence } from '../accountStates';
import { found, type EmulatorRequest, type Reply } from '../http';
import type { Model } from '../model';
import { appendQuery } from '../redirectUri';
import { Refusal } from '../refusal';
import type { EmulatorApp, EmulatorUser } from '../types';
import { issueCode } from './code';
import { consentPage } from './consentPage';
import { disabledPage, errorPage } from './errorPage';
import { loginPage } from './loginPage';
import { readAuthorizationRequest, redirectError } from './request';
import { browserSession, openTicket, ticketOf, type Ticket } from './ticket';

function appOf(model: Model, ticket: Ticket): EmulatorApp {
  const app = model.apps.get(ticket.request.clientId);
  if (app === undefined) throw new Refusal(errorPage('invalid_client', ticket.request.details));
  return app;
}

/** Throws what an account's state makes of the flow: a Box page, the Disabled page or a redirect with an error. */
function demandBrowserAccess(ticket: Ticket, user: EmulatorUser, app: EmulatorApp): void {
  const consequence = browserConsequence(user);
  if (!app.enabledByAdmin || consequence?.where === 'disabled') throw new Refusal(disabledPage(app.name));
  if (consequence === undefined) return;
  const { where, error, description } = consequence;
  if (where === 'redirect') throw redirectError(ticket.request, error, description);
  throw new Refusal(errorPage(error, ticket.request.details));
}

function loggedInUser(model: Model, ticket: Ticket): EmulatorUser | undefined {
  return model.users.get(ticket.session.userId ?? '');
}

/** The next page of a ticket: the consent page when somebody is logged in, else the login page. */
function nextPage(model: Model, ticket: Ticket): Reply {
  const user = loggedInUser(model, ticket);
  if (user === undefined) return loginPage(ticket, ticket.request.boxLogin ?? '');
  const app = appOf(model, ticket);
  demandBrowserAccess(ticket, user, app);
  ticket.askedUserId = user.id;
  return consentPage(ticket, user, app);
}

/** `GET` or `POST /api/oauth2/authorize` (RFC 6749 §4.1.1). */
export function authorizeEndpoint(model: Model, request: EmulatorRequest): Reply {
  const authorization = readAuthorizationRequest(model, request);
  return nextPage(model, openTicket(model, authorization, browserSession(model, request)));
}

/** `GET /login`: the login page of a ticket, for somebody else than who is logged in. */
export const loginFormEndpoint = (model: Model, request: EmulatorRequest): Reply =>
  loginPage(ticketOf(model, request), '');

/** `POST /login`: logs a user in to the browser and goes on to the consent page. */
export function loginEndpoint(model: Model, request: EmulatorRequest): Reply {
  const ticket = ticketOf(model, request);
  const login = request.form.get('login') ?? '';
  const user = model.userByLogin(login);
  if (user === undefined) return loginPage(ticket, login, 'No such account in this emulator.');
  if (browserConsequence(user)?.where === 'login')
    return loginPage(ticket, login, 'This account is not active.');
  ticket.session.userId = user.id;
  return { ...found(`/consent?ticket=${ticket.id}`), status: 303 };
}

/** `GET /consent`: the consent page of a ticket. */
export const consentFormEndpoint = (model: Model, request: EmulatorRequest): Reply =>
  nextPage(model, ticketOf(model, request));

function grant(model: Model, ticket: Ticket, user: EmulatorUser): Reply {
  const { redirectUri, state, details } = ticket.request;
  if (redirectUri === undefined) return errorPage('redirect_uri_missing', details);
  const code = issueCode(model, ticket.request, user.id);
  return found(appendQuery(redirectUri, { code: code.value, state }));
}

function deny(model: Model, { request }: Ticket): Reply {
  const { redirectUri, state, details } = request;
  if (redirectUri === undefined) return errorPage('access_denied', details);
  const description = 'The user denied access to your application';
  const echoed = model.switches.stateOnDenial ? state : undefined;
  const parameters = { error: 'access_denied', error_description: description, state: echoed };
  return found(appendQuery(redirectUri, parameters));
}

/** `POST /consent`: the user's decision, answered with the redirect to the client. A second click gets the same. */
export function consentEndpoint(model: Model, request: EmulatorRequest): Reply {
  const ticket = ticketOf(model, request);
  const user = loggedInUser(model, ticket);
  if (user === undefined || user.id !== ticket.askedUserId) return nextPage(model, ticket);
  demandBrowserAccess(ticket, user, appOf(model, ticket));
  const granted = request.form.get('decision') === 'grant';
  ticket.outcome ??= granted ? grant(model, ticket, user) : deny(model, ticket);
  return ticket.outcome;
}
