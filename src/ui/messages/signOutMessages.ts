import * as vscode from 'vscode';
import type { SignedOut } from '../../sessions/lifecycle/signOut';
import { messageFor } from './messages';
import type { Notifications } from './notifications';
import { plainText } from './userMessage';

/** Tells the person what became of the sessions of an account at Box. Does not wait for them. */
export function tellSignOut(notifications: Notifications, signedOut: readonly SignedOut[]): void {
  const [first] = signedOut;
  if (first === undefined) return;
  if (signedOut.every(({ outcome }) => outcome.state === 'revoked')) {
    const label = plainText(first.session.account.label);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Signed out of {0} and revoked its tokens.', label),
    );
  } else tellWhatLivesOn(notifications, signedOut);
}

/** The same where a sign-out that is done needs no word: tells only of tokens that live on at Box, each kind once. */
export function tellWhatLivesOn(notifications: Notifications, signedOut: readonly SignedOut[]): void {
  const told = new Set<string>();
  for (const each of signedOut) {
    const { session, outcome } = each;
    const key = JSON.stringify([session.account.id, session.appName, outcome.state]);
    if (!told.has(key)) tell(notifications, each);
    told.add(key);
  }
}

function tell(notifications: Notifications, { session, outcome }: SignedOut): void {
  const label = plainText(session.account.label);
  if (outcome.state === 'left') {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Removed {0} here. The developer token works until it expires, unless you revoke it in the Box Developer Console.',
        label,
      ),
    );
  } else if (outcome.state === 'pending') {
    const reason = messageFor(outcome.reason, session.appName);
    const text = vscode.l10n.t(
      'Signed out of {0} here. Box hasn’t confirmed yet that its tokens are revoked. It will be retried automatically. {1}',
      label,
      reason.text,
    );
    notifications.showWarning({ ...reason, text });
  }
}

/** Tells the person why Box has not confirmed yet that tokens are revoked, once. */
export function tellRevocationPending(notifications: Notifications, revoked: readonly SignedOut[]): void {
  const pending = revoked.find(({ outcome }) => outcome.state === 'pending');
  if (pending?.outcome.state !== 'pending') return;
  const { session, outcome } = pending;
  const reason = messageFor(outcome.reason, session.appName);
  const text = vscode.l10n.t(
    'Box hasn’t confirmed yet that the tokens of {0} are revoked. It will be retried automatically. {1}',
    plainText(session.account.label),
    reason.text,
  );
  notifications.showWarning({ ...reason, text });
}
