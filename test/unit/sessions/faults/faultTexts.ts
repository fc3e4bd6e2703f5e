import '../../support/vscodeStub';
import { messageFor } from '../../../../src/ui/messages/messages';
import { SEED } from '../../../emulator/src';

/** What the person sees after a sign-out that Box has not confirmed: whose, and why. */
export const SIGNED_OUT_HERE =
  'Signed out of {0} here. Box hasn’t confirmed yet that its tokens are revoked. It will be retried automatically. {1}';

/** What the person sees after revoking tokens, which Box has not confirmed: whose, and why. */
export const REVOKED_HERE =
  'Box hasn’t confirmed yet that the tokens of {0} are revoked. It will be retried automatically. {1}';

/**
 * The message for an error as the person sees it.
 * @param host the host that was asked, which is shown as `shownHost`; Box's request id is left out.
 */
export function messageText(error: unknown, host?: string, shownHost = ''): string {
  const { text } = messageFor(error, SEED.appName);
  const shown = host === undefined ? text : text.replaceAll(host, shownHost);
  return shown.replace(/ Box request ID: \w+\.$/, '');
}
