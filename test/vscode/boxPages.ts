import type { Page } from 'playwright-core';

/** Box asks for a password; the emulator takes any. */
const password = 'correct horse battery staple';

/** Signs in on Box's pages as this user, whoever was signed in there before, and grants the app access. */
export async function grantAccess(page: Page, login: string): Promise<void> {
  await logIn(page, login);
  await page.getByRole('button', { name: 'Grant access to Box' }).click();
}

/**
 * The same, and gives the whole address that Box sends the browser to, whether anything is there or not: what stands
 * in the address bar then.
 */
export async function grantAccessAndLookAt(page: Page, login: string): Promise<string> {
  await logIn(page, login);
  const address = await watchRedirect(page);
  await page.getByRole('button', { name: 'Grant access to Box' }).click();
  return address();
}

/** Watches for where the next redirect leads, on the network: a browser need not be able to go there. */
async function watchRedirect(page: Page): Promise<() => Promise<string>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const address = new Promise<string>((resolve) => {
    session.on('Network.responseReceivedExtraInfo', ({ statusCode, headers }) => {
      const location = headers['location'] ?? headers['Location'];
      if (statusCode === 302 && location !== undefined) resolve(location);
    });
  });
  return () => address;
}

/** Signs in on Box's pages as this user and denies the app access. */
export async function denyAccess(page: Page, login: string): Promise<void> {
  await logIn(page, login);
  await page.getByText('Deny access to Box').click();
}

/** The same, and gives the whole address that Box sends the browser to. */
export async function denyAccessAndLookAt(page: Page, login: string): Promise<string> {
  await logIn(page, login);
  const address = await watchRedirect(page);
  await page.getByText('Deny access to Box').click();
  return address();
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
