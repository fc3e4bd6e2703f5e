/** A page or redirect that a visitor got. `location` is the target of a redirect that was not followed. */
export interface Visited {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
}

const TICKET = /name="ticket" value="([^"]+)"/;

/**
 * Somebody with a browser, without the browser: keeps cookies, fills in the emulator's forms, and stops at the
 * redirect back to the client. For tests that need a code but not a screen.
 */
export class Visitor {
  readonly #cookies = new Map<string, string>();

  /** Opens an address of the emulator, following redirects within it; `form` makes it a POST. */
  async open(url: string, form?: URLSearchParams): Promise<Visited> {
    const headers = { cookie: this.#cookieHeader() };
    const sent = form === undefined ? {} : { method: 'POST', body: form };
    const response = await fetch(url, { ...sent, headers, redirect: 'manual' });
    this.#keepCookies(response.headers);
    const location = response.headers.get('location');
    if (location?.startsWith('/') === true) return this.open(new URL(location, url).href);
    return { status: response.status, body: await response.text(), location };
  }

  /** Logs in on a page that `open` gave, then grants or denies; gives the redirect to the client. */
  async decide(origin: string, opened: Visited, login: string, decision: 'grant' | 'deny'): Promise<Visited> {
    const asked = opened.body.includes('name="login"')
      ? await this.submit(`${origin}/login`, opened, { login, password: 'any' })
      : opened;
    return this.submit(`${origin}/consent`, asked, { decision });
  }

  /** Opens an authorization URL and takes it to its end; gives the address that the client is redirected to. */
  async authorize(url: string, login: string, decision: 'grant' | 'deny' = 'grant'): Promise<string> {
    const { origin } = new URL(url);
    const opened = await this.open(url);
    const { location } =
      opened.location === null ? await this.decide(origin, opened, login, decision) : opened;
    if (location === null) throw new Error('The authorization ended on a page of the emulator');
    return location;
  }

  /** Submits the form of a page with some fields, as the browser would. */
  submit(url: string, on: Visited, fields: Record<string, string>): Promise<Visited> {
    const ticket = TICKET.exec(on.body)?.[1] ?? '';
    return this.open(url, new URLSearchParams({ ticket, ...fields }));
  }

  #cookieHeader(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) {
      const [name = '', ...value] = (cookie.split(';')[0] ?? '').split('=');
      this.#cookies.set(name, value.join('='));
    }
  }
}
