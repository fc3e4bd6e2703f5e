import * as vscode from 'vscode';
import { CONVERT_KEY } from '../../apps/jwtKey';
import type { JwtKeyError } from '../../box/errors';
import type { BoxResource } from '../../box/resources';
import type { ExchangeRefusedError, ScopesRefusedError } from '../../sessions/errors';
import type { ScopeRequestError } from '../../sessions/downscoped/scopeRequest';
import { resourceMessage } from './resourceMessages';
import { plainText, type UserMessage } from './userMessage';

/** The message for scopes that no token can have. */
export function scopeRequestMessage({ code, subject, resourceProblem: why }: ScopeRequestError): UserMessage {
  const scopes = plainText(subject.join(', '));
  return { text: scopeRequestText(code, scopes, why), actions: [] };
}

function scopeRequestText(
  code: ScopeRequestError['code'],
  scopes: string,
  why: ScopeRequestError['resourceProblem'],
): string {
  switch (code) {
    case 'mixed':
      return vscode.l10n.t(
        'Downscoped token scopes can’t be combined with {0}, which only a sign-in grants. Use two requests.',
        scopes,
      );
    case 'resource_alone':
      return vscode.l10n.t(
        'A token for {0} also needs a scope that says what it can do, such as item_preview. Add one to the request.',
        scopes,
      );
    case 'several_resources':
      return vscode.l10n.t(
        'A downscoped token can be limited to one resource, not {0}. Request a separate token for each.',
        scopes,
      );
    case 'unreadable_resource':
      return vscode.l10n.t(
        '{0} isn’t a file, folder, or shared link. {1}',
        scopes,
        (why && resourceMessage(why)) ?? vscode.l10n.t('Give its address in Box.'),
      );
  }
}

/** The message for scopes that Box refuses. */
export function scopesRefusedMessage({ scopes, appName, isOfServerApp }: ScopesRefusedError): UserMessage {
  const app = plainText(appName);
  const names = plainText(scopes.join(', '));
  if (isOfServerApp) return serverScopesMessage(app, names);
  const text =
    scopes.length === 1
      ? vscode.l10n.t(
          '{0} is missing the scope {1}, or the sign-in didn’t request it. Enable it for the app in the Box Developer Console, then sign in again.',
          app,
          names,
        )
      : vscode.l10n.t(
          '{0} is missing one of the scopes {1}, or the sign-in didn’t request them. Enable them for the app in the Box Developer Console, then sign in again.',
          app,
          names,
        );
  return { text, actions: ['signIn'] };
}

/** Nobody signs in to such an app: its scopes change when it is authorized again, and with the next token. */
export function serverScopesMessage(app: string, scopes: string): UserMessage {
  const text = vscode.l10n.t(
    'Tokens of {0} are missing at least one of these scopes: {1}. Enable them in the Box Developer Console, ask your Box administrator to authorize the app again, then run Box: Refresh Access Token.',
    app,
    scopes,
  );
  return { text, actions: ['openConsole', 'showLog'] };
}

/** The message for a downscoped token that Box does not make. */
export function exchangeRefusedMessage(error: ExchangeRefusedError): UserMessage {
  if (error.reason === 'app_type') return noExchange(plainText(error.appName));
  const account = plainText(error.account);
  const name = resourceName(error.resource);
  const text =
    error.reason === 'resource' && name !== undefined
      ? vscode.l10n.t(
          '{0} can’t be used with {1}: it doesn’t exist, or the account has no access to it. Check the address, or share the item in Box with {2}.',
          name,
          account,
          plainText(error.login),
        )
      : vscode.l10n.t(
          'Box refused to create a downscoped token for {0}. Check the scopes and the resource, run Box: Refresh Access Token, then try again.',
          account,
        );
  return { text, actions: ['showLog'] };
}

function noExchange(app: string): UserMessage {
  const text = vscode.l10n.t(
    'Box doesn’t let {0} create downscoped or annotator tokens. Check the type of the app in the Box Developer Console, or use another app.',
    app,
  );
  return { text, actions: ['openConsole', 'showLog'] };
}

function resourceName(resource: BoxResource | undefined): string | undefined {
  switch (resource?.kind) {
    case undefined:
      return undefined;
    case 'file':
      return vscode.l10n.t('The file {0}', resource.id);
    case 'folder':
      return vscode.l10n.t('The folder {0}', resource.id);
    case 'sharedLink':
      return vscode.l10n.t('The shared link');
  }
}

/** The message for a private key that cannot sign. */
export function jwtKeyMessage({ code }: JwtKeyError, app: string): UserMessage {
  const texts: Record<JwtKeyError['code'], string> = {
    wrong_passphrase: vscode.l10n.t(
      'The private key of {0} doesn’t open with its passphrase. Choose the app’s config.json again in Configure App.',
      app,
    ),
    damaged_key: vscode.l10n.t(
      'The private key of {0} is damaged. Choose the app’s config.json again in Configure App.',
      app,
    ),
    unsupported_key: vscode.l10n.t(
      'The private key of {0} can’t be used. Box uses RSA keys of 2,048 bits or more. Generate a new key pair in the Box Developer Console, then choose its config.json in Configure App.',
      app,
    ),
    unknown_encryption: vscode.l10n.t(
      'The private key of {0} is encrypted in a way that {1} can’t open. Convert it with “{2}” and choose it again in Configure App.',
      app,
      vscode.env.appName,
      CONVERT_KEY,
    ),
  };
  return { text: texts[code], actions: ['configureApp'] };
}
