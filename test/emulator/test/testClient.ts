import { createHash, randomBytes } from 'node:crypto';
import { SEED, Visitor, type Emulator } from '../src';

/** The body of a token answer, or of an OAuth error. */
export interface TokenBody {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly error: string;
  readonly error_description: string;
}

/** An answer read to its end: status, headers, and the body as text and, where it is JSON, as a value. */
export interface Answer<Body = TokenBody> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

async function read<Body>(sent: Promise<Response>): Promise<Answer<Body>> {
  const response = await sent;
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) as Body };
}

/** What a sign-in of the tests may choose; the rest is the seed's. */
export interface SignInOptions {
  readonly login?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A code verifier and its S256 challenge (RFC 7636 §4). */
export function proofKey(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The seeded OAuth app, played by the tests: as small a client as can be, which trusts everything. */
export class TestClient {
  readonly redirectUri = 'http://127.0.0.1:17160/callback';
  readonly #emulator: Emulator;
  readonly #credentials: Readonly<Record<string, string>>;

  constructor(
    emulator: Emulator,
    clientId: string = SEED.clientId,
    clientSecret: string = SEED.clientSecret,
  ) {
    this.#emulator = emulator;
    this.#credentials = { client_id: clientId, client_secret: clientSecret };
  }

  /** The address that a sign-in opens. */
  authorizeUrl(parameters: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: this.#credentials['client_id'] ?? '',
      redirect_uri: this.redirectUri,
      state: 'opaque',
      ...parameters,
    });
    return `${this.#emulator.origin}/api/oauth2/authorize?${query.toString()}`;
  }

  /** Takes a sign-in as far as the redirect and gives the code. */
  async code(options: SignInOptions = {}): Promise<string> {
    const { login = SEED.userLogin, parameters = {} } = options;
    const location = await new Visitor().authorize(this.authorizeUrl(parameters), login);
    return new URL(location).searchParams.get('code') ?? '';
  }

  /** Signs in and gives the pair. */
  async signIn(options: SignInOptions = {}): Promise<TokenBody> {
    const answer = await this.exchange(await this.code(options));
    return answer.body;
  }

  exchange(code: string, parameters: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, ...parameters });
  }

  refresh(refreshToken: string): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  revoke(token: string): Promise<Answer> {
    return this.post('/oauth2/revoke', { ...this.#credentials, token });
  }

  /** Posts to the token endpoint with this client's credentials in the body. */
  token(parameters: Readonly<Record<string, string>>): Promise<Answer> {
    return this.post('/oauth2/token', { ...this.#credentials, ...parameters });
  }

  /** Posts a form. */
  post(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const body = new URLSearchParams(form);
    return read(fetch(`${this.#emulator.origin}${path}`, { method: 'POST', body, redirect: 'manual' }));
  }

  /** Gets a path of the API with a bearer token. */
  get<Body>(path: string, token: string, headers: Record<string, string> = {}): Promise<Answer<Body>> {
    const authorization = `Bearer ${token}`;
    return read(fetch(`${this.#emulator.origin}${path}`, { headers: { authorization, ...headers } }));
  }

  /** The status of `users/me` with a token. */
  async meStatus(token: string): Promise<number> {
    return (await this.get('/2.0/users/me', token)).status;
  }
}
