import * as vscode from 'vscode';
import type { UnexpectedResponseError, UnreachableError } from '../../box/errors';
import { busy } from './oauthMessages';
import { waitingTime } from './time';
import { plainText, type UserMessage } from './userMessage';

/** The message for a request that nobody answered. */
export function unreachableMessage({ systemCode, host }: UnreachableError): UserMessage {
  const text = unreachableText(systemCode, plainText(host));
  if (systemCode === 'PROXY_UNREACHABLE') return withSetting(text, 'http.proxy');
  return isNotTrusted(systemCode)
    ? withSetting(text, 'http.systemCertificates')
    : { text, actions: ['showLog'] };
}

function withSetting(text: string, setting: string): UserMessage {
  return { text, actions: ['openSetting', 'showLog'], setting };
}

function unreachableText(code: string, where: string): string {
  switch (code) {
    case 'TIMEOUT':
      return vscode.l10n.t(
        '{0} didn’t answer in time. Check your network connection and the http.proxy setting, then try again. Nothing is lost.',
        where,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return vscode.l10n.t(
        'The address {0} wasn’t found ({1}). Check your network connection and the http.proxy setting, then try again. Nothing is lost.',
        where,
        code,
      );
    case 'PROXY_UNREACHABLE':
      return vscode.l10n.t(
        'The proxy for {0} can’t be reached. Check the http.proxy setting or your system’s proxy settings, then try again. Nothing is lost.',
        where,
      );
    default:
      return (
        tlsText(code, where) ??
        vscode.l10n.t(
          '{0} can’t be reached ({1}). Check your network connection and the http.proxy setting, then try again. Nothing is lost.',
          where,
          code,
        )
      );
  }
}

/** OpenSSL's codes for a certificate or revocation list whose time has not come or is over. */
const WRONG_TIME = /^(CERT|CRL)_(HAS_EXPIRED|NOT_YET_VALID)$/;
/** Codes for a certificate that was made for another host. */
const WRONG_HOST = /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;
/** OpenSSL's other codes for a certificate that is not accepted, as Node.js documents them. */
const NOT_TRUSTED =
  /^(UNABLE_TO_|CERT_|CRL_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|UNSPECIFIED$)/;
/** Codes for a connection on which nobody speaks TLS, or no version of it that both sides know. */
const NO_TLS = /^(EPROTO$|ERR_SSL_|ERR_TLS_)/;

function isNotTrusted(code: string): boolean {
  return NOT_TRUSTED.test(code) && !WRONG_TIME.test(code);
}

function tlsText(code: string, where: string): string | undefined {
  if (WRONG_TIME.test(code)) {
    return vscode.l10n.t(
      'The certificate of {0} isn’t valid at this time ({1}). Check the date and time of this computer. If they’re right, contact whoever runs the server or proxy. Nothing is lost.',
      where,
      code,
    );
  }
  if (WRONG_HOST.test(code)) {
    return vscode.l10n.t(
      'The certificate presented for {0} belongs to a different server ({1}). Check your network, the http.proxy setting, and the base URLs. Nothing is lost.',
      where,
      code,
    );
  }
  if (isNotTrusted(code)) {
    return vscode.l10n.t(
      'The certificate of {0} isn’t trusted ({1}). If your company inspects traffic, add its certificate to the system’s and turn on the http.systemCertificates setting, or set the NODE_EXTRA_CA_CERTS environment variable to its file. Then restart {2}. Nothing is lost.',
      where,
      code,
      vscode.env.appName,
    );
  }
  if (!NO_TLS.test(code)) return undefined;
  return vscode.l10n.t(
    'Couldn’t make a secure connection to {0} ({1}). A proxy or a wrong base URL may be the cause. Check the http.proxy setting and your network. Nothing is lost.',
    where,
    code,
  );
}

/** The message for an answer that is no OAuth answer. */
export function unexpectedMessage({ status, retryAfterMs }: UnexpectedResponseError): UserMessage {
  if (retryAfterMs !== undefined && (status === 429 || status >= 500)) {
    return {
      text: vscode.l10n.t(
        'Box is limiting requests. Try again in {0}. Nothing is lost.',
        waitingTime(retryAfterMs),
      ),
      actions: ['showLog'],
    };
  }
  if (status === 429 || status === 409 || status >= 500) return busy();
  if (status === 407) {
    const text = vscode.l10n.t(
      'Your proxy requires a user name and password (HTTP status {0}). Add them to the http.proxy setting, as in http://name:password@host:port, then try again. Nothing is lost.',
      status,
    );
    return withSetting(text, 'http.proxy');
  }
  return {
    text: vscode.l10n.t(
      'The answer didn’t come from Box (HTTP status {0}). A proxy or a wrong base URL may be the cause. Check your network and settings. Nothing is lost.',
      status,
    ),
    actions: ['showLog'],
  };
}
