import { basename } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench';

const readPicture = `(async () => {
  const image = document.querySelector('.gettingStartedSlideDetails .getting-started-media img');
  await image.decode();
  return image.currentSrc;
})()`;

/** A walkthrough on VS Code's Welcome page, opened by {@link Walkthrough.open}. */
export class Walkthrough {
  /** The whole page. */
  readonly root: Locator;

  private constructor(private readonly workbench: Workbench) {
    this.root = workbench.page.locator('.gettingStartedSlideDetails');
  }

  /** Opens the walkthrough of this title as a person does, from the palette. */
  static async open(workbench: Workbench, title: string): Promise<Walkthrough> {
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.quickInput.pick(title);
    const walkthrough = new Walkthrough(workbench);
    await walkthrough.root.locator('.getting-started-step').first().waitFor();
    return walkthrough;
  }

  /** The titles of the steps, in order. */
  async steps(): Promise<readonly string[]> {
    return this.root.locator('.getting-started-step .step-title').allInnerTexts();
  }

  /** The titles of the steps that are checked off, in order. */
  async completed(): Promise<readonly string[]> {
    const checked = this.root
      .locator('.getting-started-step')
      .filter({ has: this.workbench.page.locator('.complete') });
    return checked.locator('.step-title').allInnerTexts();
  }

  /** Waits until a step is checked off. */
  async expectCompleted(title: string): Promise<void> {
    await this.#step(title).locator('.complete').first().waitFor();
  }

  /** Opens a step, which folds the others. */
  async openStep(title: string): Promise<void> {
    await this.workbench.page.bringToFront();
    const step = this.#step(title);
    if ((await step.getAttribute('class'))?.includes('expanded') !== true)
      await step.locator('.step-title').click();
    await this.#open.filter({ hasText: title }).waitFor();
  }

  /** Presses a button of the open step. */
  async press(button: string): Promise<void> {
    await this.#open.locator('.monaco-button').getByText(button, { exact: true }).click();
  }

  /** Follows a link within the text of the open step. */
  async followLink(link: string): Promise<void> {
    await this.#open.locator('a', { hasText: link }).click();
  }

  /** Waits until the picture of the open step is loaded, and gives the name of its file. */
  async picture(): Promise<string> {
    // A narrow window has no room for it and hides it.
    await this.root.locator('.getting-started-media img').waitFor({ state: 'attached' });
    const address = await this.workbench.page.evaluate<string>(readPicture);
    return basename(new URL(address).searchParams.get('path') ?? address);
  }

  get #open(): Locator {
    return this.root.locator('.getting-started-step.expanded');
  }

  #step(title: string): Locator {
    return this.root.locator('.getting-started-step', {
      has: this.workbench.page.locator('.step-title', { hasText: title }),
    });
  }
}
