import { authorizationUrl, randomToken } from '../box/authorizationRequest';
import type { BoxClient, BoxPage } from '../box/client';
import { endpointsOf, type BoxBaseUrls } from '../box/endpoints';
import { BoxError } from '../box/errors';
import type { BoxApp } from '../apps/app';
import { notChecked, ok, problem, unknown, warning, type Finding } from './finding';
import type { ServerCheck } from './serverCheck';

/** Dependencies of {@link RedirectUriCheck}. */
export interface RedirectUriCheckDependencies {
  readonly box: Pick<BoxClient, 'page'>;
  readonly servers: ServerCheck;
}

/** How Box's page names its error. The page itself is not documented: what it does not name is not known. */
const MISMATCH = /\bError:\s*(?:<[^>]{0,200}>\s*)*redirect_uri_mismatch\b/;

/**
 * Looks at Box's sign-in page without signing in. Some errors Box shows there at once; whether it always does is not
 * documented. So a redirect URI counts as refused where the page says so, and as accepted only where the page does say
 * so of one that nobody has registered.
 */
export class RedirectUriCheck {
  constructor(private readonly dependencies: RedirectUriCheckDependencies) {}

  /**
   * @param uris the redirect URIs that a sign-in here may send, the first one first.
   * @returns how the sign-in page is reached, and then a line for each redirect URI.
   */
  async run(
    app: BoxApp,
    origins: BoxBaseUrls,
    uris: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Finding[]> {
    const { servers } = this.dependencies;
    const url = (redirectUri: string): string => requestFor(app, origins, redirectUri);
    const { finding, page } = await servers.signIn(url(unregistered()), signal);
    if (finding.verdict !== 'ok') return [finding, ...notChecked('signInServer', 'redirectUri')];
    if (page === undefined) {
      return [finding, ...uris.map((uri) => unknown('redirectUri', 'redirect_uri_untold', { uri }))];
    }
    const findings: Finding[] = [finding];
    for (const [index, uri] of uris.entries()) {
      const isRefused = await this.isRefused(url(uri), signal);
      findings.push(lineFor(uri, index === 0, isRefused, saysMismatch(page)));
    }
    return findings;
  }

  /** Undefined where no page came. */
  private async isRefused(url: string, signal: AbortSignal): Promise<boolean | undefined> {
    try {
      return saysMismatch(await this.dependencies.box.page(url, signal));
    } catch (error) {
      if (error instanceof BoxError) return undefined;
      throw error;
    }
  }
}

function lineFor(uri: string, isFirst: boolean, isRefused: boolean | undefined, isTold: boolean): Finding {
  if (isRefused === true) {
    return (isFirst ? problem : warning)('redirectUri', 'redirect_uri_refused', { uri, isFirst });
  }
  return isTold && isRefused === false
    ? ok('redirectUri', 'redirect_uri_accepted', { uri })
    : unknown('redirectUri', 'redirect_uri_untold', { uri });
}

function saysMismatch({ text }: BoxPage): boolean {
  return MISMATCH.test(text);
}

/** An address that no app has registered: the name cannot exist (RFC 6761 §6.4). */
function unregistered(): string {
  return `https://${randomToken()
    .slice(0, 16)
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '0')}.invalid/callback`;
}

function requestFor(app: BoxApp, origins: BoxBaseUrls, redirectUri: string): string {
  return authorizationUrl(endpointsOf(origins).authorization, {
    clientId: app.clientId,
    redirectUri,
    state: randomToken(),
    codeVerifier: randomToken(),
    scopes: app.scopes,
  });
}
