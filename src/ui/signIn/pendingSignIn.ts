import * as vscode from 'vscode';
import type { Clock } from '../../common/clock';
import type { AuthorizationWindow, PasteRequest, UsableAnswer } from '../../signIn/authorization';
import { SignInError } from '../../signIn/errors';
import type { SignInMethodName } from '../../signIn/signInMethod';
import { askToPaste } from './pasteBox';
import { COPY_LINK_COMMAND, PASTE_COMMAND, TROUBLE_COMMAND } from '../links';
import { plainText } from '../messages/userMessage';

/** What a sign-in that waits is about. */
export interface SignInAttempt {
  readonly appName: string;
  readonly method: SignInMethodName;
  /** The methods that are left when this one does not work, the next one first. */
  readonly otherMethods: readonly SignInMethodName[];
}

/** After how long the person is offered help, in ms: an error that Box shows on its page never reaches us. */
const TROUBLE_AFTER_MS = 8000;

/** One sign-in that waits for the person: what they see, and what they can do about it. */
export class PendingSignIn implements AuthorizationWindow {
  private readonly cancellation = new AbortController();
  private readonly end = new AbortController();
  private isAnswered = false;
  private cancelTimer = (): void => undefined;
  private pasting:
    { readonly request: PasteRequest; readonly accept: (answer: UsableAnswer) => void } | undefined;

  readonly signal = this.cancellation.signal;
  /** Aborted when this sign-in waits no more, in whichever way it ended. */
  readonly ended = this.end.signal;
  /** The address on Box, once it is known. */
  url: string | undefined;

  constructor(
    private readonly number: number,
    readonly attempt: SignInAttempt,
    private readonly report: (message: string) => void,
    private readonly clock: Clock,
  ) {}

  async openBrowser(url: string): Promise<boolean> {
    const isPasted = this.pasting?.request.isAskedFor === true;
    this.url = url;
    this.report(waitingText(this.number, isPasted));
    this.cancelTimer = this.clock.after(TROUBLE_AFTER_MS, () => {
      this.report(troubleText(this.number));
    });
    // The editor may ask whether to open the page, and take its time.
    const opening = this.openAgain();
    if (isPasted) void this.showPasteBox();
    const isOpened = await opening;
    if (!isOpened && !this.isAnswered) {
      this.cancelTimer();
      this.report(notOpenedText(this.number));
    }
    return isOpened;
  }

  /** The redirect URI that was sent to Box, once it is known. */
  get redirectUri(): string | undefined {
    return this.url === undefined
      ? undefined
      : (new URL(this.url).searchParams.get('redirect_uri') ?? undefined);
  }

  /** Opens Box's page once more. */
  async openAgain(): Promise<boolean> {
    return this.url !== undefined && openExternally(this.url);
  }

  paste(request: PasteRequest): Promise<UsableAnswer> {
    return new Promise((accept) => {
      this.pasting = { request, accept };
    });
  }

  /** Shows the box to paste into. Another box of VS Code closes it: so that ends nothing, and it can be shown again. */
  async showPasteBox(): Promise<void> {
    if (this.pasting === undefined) return;
    const { request, accept } = this.pasting;
    const answer = await askToPaste(request, {
      copyLink: () => vscode.commands.executeCommand(COPY_LINK_COMMAND, this.number),
      openAgain: () => this.openAgain(),
    });
    if (answer !== undefined) accept(answer);
  }

  answered(): void {
    this.isAnswered = true;
    this.cancelTimer();
    this.report(vscode.l10n.t('Finishing…'));
  }

  confirmAccount = async (login: string): Promise<boolean> => {
    const signIn = vscode.l10n.t('Sign In');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Sign in to Box as {0}?', plainText(login)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'You pasted only a code, which doesn’t say whose it is. Continue only if this is your account.',
        ),
      },
      signIn,
    );
    return answer === signIn;
  };

  /** Puts the link to Box's page on the clipboard. */
  async copyLink(): Promise<void> {
    if (this.url === undefined) return;
    await vscode.env.clipboard.writeText(this.url);
    vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Sign-In Link Copied'), 5000);
  }

  /** Ends this sign-in for the person. */
  cancel(): void {
    this.cancellation.abort(new SignInError('cancelled'));
  }

  /** Ends this method of signing in, because the person chose another. */
  chooseMethod(method: SignInMethodName): void {
    this.cancellation.abort(new SignInError('other_method', { method }));
  }

  /** Begins this sign-in anew, with the same method and with all that it was begun with. */
  startOver(): void {
    this.chooseMethod(this.attempt.method);
  }

  /** Releases everything. */
  dispose(): void {
    this.isAnswered = true;
    this.cancelTimer();
    this.end.abort();
  }
}

function waitingText(number: number, isPasted: boolean): string {
  const links = [link(COPY_LINK_COMMAND, number), link(PASTE_COMMAND, number)];
  return isPasted
    ? vscode.l10n.t(
        'Grant access in your browser, then [Paste the Address]({1}) of the page you end up on. No page? [Copy Link]({0})',
        ...links,
      )
    : vscode.l10n.t(
        'Waiting for you to grant access in your browser. No page? [Copy Link]({0}) · [Paste the Address]({1})',
        ...links,
      );
}

function troubleText(number: number): string {
  return vscode.l10n.t(
    'Still waiting for the Box page. [Copy Link]({0}) · [Paste the Address]({2}) · [Having Trouble?]({1})',
    link(COPY_LINK_COMMAND, number),
    link(TROUBLE_COMMAND, number),
    link(PASTE_COMMAND, number),
  );
}

function notOpenedText(number: number): string {
  return vscode.l10n.t(
    'Your browser didn’t open. [Copy Link]({0}) and open it in a browser. If nothing happens here afterward, [Paste the Address]({2}). [Having Trouble?]({1})',
    link(COPY_LINK_COMMAND, number),
    link(TROUBLE_COMMAND, number),
    link(PASTE_COMMAND, number),
  );
}

function link(command: string, number: number): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify([number]))}`;
}

/** A string reaches the browser byte for byte; a Uri would be encoded anew. VS Code takes both, its types say one. */
async function openExternally(url: string): Promise<boolean> {
  return vscode.env.openExternal(url as unknown as vscode.Uri);
}
