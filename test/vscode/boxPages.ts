import type { Page } from 'playwright-core';

/** Box asks for a password; the emulator takes any. */
const password = 'correct horse battery staple';

/** Signs in on Box's pages as this user, whoever was signed in there before, and grants the app access. */
export async function grantAccess(page: Page, login: string): Promise<void> {
  await logIn(page, login);
  await page.getByRole('button', { name: 'Grant access to Box' }).click();
}

/** Signs in on Box's pages as this user and denies the app access. */
export async function denyAccess(page: Page, login: string): Promise<void> {
  await logIn(page, login);
  await page.getByText('Deny access to Box').click();
}

/** Signs in on Box's pages as this user; the consent page is what is left to answer. */
export async function logIn(page: Page, login: string): Promise<void> {
  const field = page.locator('[name=login]');
  const otherAccount = page.getByRole('link', { name: 'Use another account' });
  await field.or(otherAccount).waitFor();
  if (await otherAccount.isVisible()) await otherAccount.click();
  await field.fill(login);
  await page.locator('[name=password]').fill(password);
  await page.locator('[name=password]').press('Enter');
  await page.getByRole('button', { name: 'Grant access to Box' }).waitFor();
}
