import * as vscode from 'vscode';
import { isLive, isRenewable, type SessionRecord } from '../../sessions/store/sessionRecord';
import { accountsOf, ofAccount, widest, type AccountReference } from '../../sessions/store/sessionSelection';

/** An account with all of its sessions. */
export interface Account extends AccountReference {
  /** Usable or ended; at least one. */
  readonly sessions: readonly SessionRecord[];
  /** The session that commands use: the widest usable one, else the widest. */
  readonly main: SessionRecord;
}

/** The accounts of some sessions, the one that signed in last first. */
export function accountsIn(sessions: readonly SessionRecord[]): readonly Account[] {
  const newestFirst = sessions.toSorted((a, b) => b.signedInAt - a.signedInAt);
  return accountsOf(newestFirst).flatMap((reference) => {
    const own = ofAccount(newestFirst, reference);
    const main = widest(own.filter(isLive)) ?? widest(own);
    return main === undefined ? [] : [{ ...reference, sessions: own, main }];
  });
}

/** The only account, or the one that the person chooses. Undefined when there is none or they give up. */
export async function pickAccount(
  accounts: readonly Account[],
  placeHolder: string,
): Promise<Account | undefined> {
  const [only, ...more] = accounts;
  if (more.length === 0) return only;
  const items = accounts.map((account) => ({
    label: account.label,
    description: account.main.user.name,
    detail: stateOf(account.main),
    account,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Box accounts'),
    placeHolder,
    matchOnDescription: true,
  });
  return chosen?.account;
}

/** The app that a session is of; of one that has ended, what it needs. */
function stateOf(session: SessionRecord): string {
  if (isLive(session)) return session.appName;
  return isRenewable(session)
    ? vscode.l10n.t('$(warning) Needs a new sign-in')
    : vscode.l10n.t('$(warning) Needs a new developer token');
}
