import type { BrowserContext } from 'playwright-core';

/** What VS Code calls itself on desktops, within the configuration that a served one gives to its windows. */
const desktop = { nameShort: 'Visual Studio Code', nameLong: 'Visual Studio Code', urlProtocol: 'vscode' };
const configuration = /(<meta id="vscode-workbench-web-configuration" data-settings=")([^"]*)/;

/**
 * Has a server's windows that are opened from now on go by the name and the URI scheme of VS Code on a desktop. A picture must
 * show the addresses that most people have to register.
 */
export async function nameAsOnDesktop(context: BrowserContext, origin: string): Promise<void> {
  // To the browser, a page that was changed on its way comes from elsewhere, and such pages may not ask this computer.
  await context.grantPermissions(['local-network-access'], { origin });
  await context.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const page = await response.text();
      const body = page.replace(
        configuration,
        (_match, start: string, settings: string) => start + renamed(settings),
      );
      await route.fulfill({ response, body });
    },
  );
}

function renamed(escaped: string): string {
  const settings = JSON.parse(escaped.replaceAll('&quot;', '"')) as { productConfiguration?: object };
  const productConfiguration = { ...settings.productConfiguration, ...desktop };
  return JSON.stringify({ ...settings, productConfiguration }).replaceAll('"', '&quot;');
}
