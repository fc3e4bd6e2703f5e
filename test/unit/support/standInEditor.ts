import { settle } from './fakeClock';

/** How VS Code asks: in a notification of a severity, in a list, a box or a dialog for files. */
export type AskedIn = 'information' | 'warning' | 'error' | 'quickPick' | 'inputBox' | 'openDialog';

/** One message or list that was shown. */
export interface Shown {
  readonly in: AskedIn;
  /** The message; of a list, its placeholder; of a box, its prompt; of a dialog for files, its title. */
  readonly text: string;
  /** The buttons of a message, the rows of a list. */
  readonly choices: readonly unknown[];
  /** What a box says of a text in it; undefined where it takes it. */
  readonly problem: (typed: string) => unknown;
  /** Whether nobody has answered or closed it. */
  readonly isOpen: boolean;
  /** Answers it; undefined closes it without an answer. */
  readonly answer: (choice: unknown) => void;
}

/** An item of the status bar, as it was left. */
export class StatusBarItem {
  name = '';
  text = '';
  tooltip: string | { readonly value: string } | undefined;
  command = '';
  accessibilityInformation: { readonly label: string; readonly role?: string } | undefined;
  isShown = false;

  constructor(readonly id: string) {}

  show(): void {
    this.isShown = true;
  }

  hide(): void {
    this.isShown = false;
  }

  dispose(): void {
    this.isShown = false;
  }
}

/** VS Code as far as it shows, asks and keeps something: what the code under test does with it can be looked at. */
export class StandInEditor {
  /** What was shown so far, in order. */
  readonly shown: Shown[] = [];
  /** The items that were made for the status bar. */
  readonly statusBar: StatusBarItem[] = [];
  /** The commands that were run, each with its arguments. */
  readonly ran: (readonly unknown[])[] = [];
  /** What was registered to run, by command. */
  readonly registered = new Map<string, (...given: readonly unknown[]) => unknown>();
  /** What the clipboard holds. */
  clipboard = '';
  /** Why nothing can be put on the clipboard; undefined where it can. */
  clipboardFailure: Error | undefined;
  /** Whether it runs in a browser and not on a desktop. */
  isInBrowser = false;
  language = 'en';

  /** What the settings of the workspace say, by full name. */
  readonly workspaceSettings = new Map<string, unknown>();
  /** What it was told to open in the browser. */
  readonly opened: unknown[] = [];
  /** Whether the browser opens; VS Code may first ask the person, and take its time. */
  opens: boolean | Promise<boolean> = true;

  openExternal(target: unknown): Promise<boolean> {
    this.opened.push(target);
    return Promise.resolve(this.opens);
  }

  /** Shows something, and gives the answer once there is one. */
  show(
    where: AskedIn,
    text: string,
    choices: readonly unknown[],
    problem: Shown['problem'] = () => undefined,
  ): Promise<unknown> {
    return new Promise((resolve) => {
      const shown = {
        in: where,
        text,
        choices,
        problem,
        isOpen: true,
        answer: (choice: unknown): void => {
          shown.isOpen = false;
          resolve(choice);
        },
      };
      this.shown.push(shown);
    });
  }

  /** What was shown last, once everything has settled and something was. @throws Error where nothing is within 2 s */
  async last(): Promise<Shown> {
    const end = Date.now() + 2000;
    do await settle();
    while (this.shown.length === 0 && Date.now() < end);
    const last = this.shown.at(-1);
    if (last === undefined) throw new Error('Nothing was shown.');
    return last;
  }

  /** The texts of everything that was shown, once everything has settled. */
  async texts(): Promise<readonly string[]> {
    await settle();
    return this.shown.map(({ text }) => text);
  }

  /** The commands that were run other than VS Code's own `setContext`, once everything has settled. */
  async commands(): Promise<readonly unknown[]> {
    await settle();
    return this.ran.map(([command]) => command).filter((command) => command !== 'setContext');
  }
}

let current = new StandInEditor();

/** The editor that the stand-in for the module `vscode` leads to now. */
export function editorNow(): StandInEditor {
  return current;
}

/** Gives each test of the `describe` that this is called in an editor as new, and leaves one as new behind. */
export function useEditor(): () => StandInEditor {
  const renew = (): void => {
    current = new StandInEditor();
  };
  beforeEach(renew);
  after(renew);
  return editorNow;
}
