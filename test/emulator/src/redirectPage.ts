import { html, page } from './html';
import { found, type EmulatorRequest, type Reply } from './http';
import type { Model } from './model';
import type { Parameters } from './parameters';
import { appendQuery, isLoopback } from './redirectUri';

const EDITORS =
  /^(?:vscode|vscode-insiders|vscode-exploration|vscodium|code-oss|cursor|windsurf|trae|positron):\/\//i;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const isAllowed = (uri: string): boolean => isLoopback(uri) || EDITORS.test(uri);

/** What may not stand in a header or a link as it is: anything but visible ASCII. */
const encodeStray = (uri: string): string => uri.replace(/[^\x21-\x7e]+/gu, encodeURIComponent);

/**
 * The callback URI that `state` carries for the redirect page, percent-encoded once or not at all; undefined when it
 * is neither HTTP(S) on loopback nor the URI of an editor.
 */
export function callbackIn(state: string | undefined): string | undefined {
  if (state === undefined) return undefined;
  const uri = encodeStray(isAllowed(state) ? state : decode(state));
  return isAllowed(uri) ? uri : undefined;
}

function forwarded(model: Model, query: Parameters): Record<string, string | undefined> {
  const { redirectPageForwardsError, redirectPageForwardsState } = model.switches;
  const errors = redirectPageForwardsError
    ? { error: query.get('error'), error_description: query.get('error_description') }
    : {};
  const state = redirectPageForwardsState ? { state: query.get('state') } : {};
  return { code: query.get('code'), ...errors, ...state };
}

const notice = (status: number, title: string, text: string): Reply =>
  page({
    status,
    title,
    content: html`<section class="card">
      <div class="body">
        <h1>${title}</h1>
        <p>${text}</p>
      </div>
    </section>`,
  });

const openEditor = (target: string): Reply =>
  page({
    title: 'Return to the editor',
    head: html`<meta http-equiv="refresh" content="0; url=${target}" />`,
    content: html`<section class="card">
      <div class="body center">
        <h1>Return to the editor</h1>
        <p>Your browser may ask whether to open it. If nothing happens, use the button.</p>
        <a class="button" href="${target}">Open the editor</a>
      </div>
    </section>`,
  });

/**
 * `GET /redirect`: the part of vscode.dev/redirect. Forwards the code to the callback URI in `state`; an address on
 * loopback by a 302, an editor's by a page, since a browser opens those only from one.
 */
export function redirectPageEndpoint(model: Model, request: EmulatorRequest): Reply {
  const { query } = request;
  const callback = callbackIn(query.get('state'));
  if (callback === undefined)
    return notice(400, 'Nowhere to go', 'The state is not the address of an editor.');
  const parameters = forwarded(model, query);
  if (parameters['code'] === undefined && parameters['error'] === undefined) {
    return notice(400, 'Sign-in failed', query.get('error_description') ?? 'There is no authorization code.');
  }
  const target = appendQuery(callback, parameters);
  return isLoopback(callback) ? found(target) : openEditor(target);
}
