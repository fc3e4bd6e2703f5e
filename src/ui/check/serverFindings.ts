import * as vscode from 'vscode';
import { UnexpectedResponseError, UnreachableError, type BoxError } from '../../box/errors';
import { duration } from '../messages/time';
import { messageFor } from '../messages/messages';
import { plainText } from '../messages/userMessage';
import type { Wording } from './findingWords';

/** The words for what was found of Box’s servers. */
export const serverFindings: Wording<
  | 'server_reached'
  | 'server_failed'
  | 'server_strange'
  | 'token_failed'
  | 'clock_right'
  | 'clock_wrong'
  | 'clock_unknown'
  | 'clock_refused'
> = {
  server_reached: ({ host, proxy }) => ({
    found:
      proxy === undefined
        ? vscode.l10n.t('{0} answered.', host)
        : vscode.l10n.t('{0} answered. Requests go through the proxy {1}.', host, plainText(proxy)),
  }),
  server_failed: ({ error, proxy }) => ({
    found: messageFor(error).text,
    ...(proxy !== undefined && { advice: proxyAdvice(error, plainText(proxy)) }),
  }),
  server_strange: ({ host, status }) => ({
    found: vscode.l10n.t('{0} answered with HTTP status {1}, but not the way Box does.', host, status),
    advice: vscode.l10n.t(
      'Check the base URLs in the settings. A proxy or a network’s sign-in page may also be the cause.',
    ),
  }),
  token_failed: ({ error }, { name }) => ({
    found: vscode.l10n.t('A token couldn’t be requested. {0}', messageFor(error, name).text),
  }),
  clock_right: () => ({ found: vscode.l10n.t('It matches Box’s clock.') }),
  clock_wrong: ({ seconds }) => {
    const span = duration(Math.abs(seconds) * 1000);
    return {
      found:
        seconds > 0
          ? vscode.l10n.t('It’s ahead of Box’s clock by {0}.', span)
          : vscode.l10n.t('It’s behind Box’s clock by {0}.', span),
      advice: vscode.l10n.t(
        'Set the date, time, and time zone of this computer, or have them set automatically.',
      ),
    };
  },
  clock_refused: (_, { name }) => ({
    found: vscode.l10n.t(
      'Box rejected the time in the request that {0} signed. Correct the clock of this computer, then try again.',
      plainText(name),
    ),
  }),
  clock_unknown: () => ({ found: vscode.l10n.t('No answer from Box contained the time.') }),
};

/** What to look at in a proxy: one that is not there, or does not know who asks, lets nothing through. */
function proxyAdvice(error: BoxError, proxy: string): string {
  if (error instanceof UnreachableError && error.systemCode === 'PROXY_UNREACHABLE') {
    return vscode.l10n.t(
      'Requests go through the proxy {0}. Check that it’s running at this address.',
      proxy,
    );
  }
  if (error instanceof UnexpectedResponseError && error.status === 407) {
    return vscode.l10n.t(
      'Requests go through the proxy {0}. Check the user name and password for it.',
      proxy,
    );
  }
  return vscode.l10n.t('Requests go through the proxy {0}. Check that it allows them.', proxy);
}
