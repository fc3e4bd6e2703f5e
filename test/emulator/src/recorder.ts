import { readBasicCredentials } from './clientAuthentication';
import type { EmulatorRequest } from './http';
import type { Counters, Endpoint, RecordedRequest } from './types';

const RECEIVED_SECRETS = ['client_secret', 'code_verifier', 'assertion', 'actor_token'];

const zero = (): Counters => ({
  refreshes: 0,
  refreshRequests: 0,
  refreshRepeats: 0,
  refreshReuse: 0,
  codesExchanged: 0,
  revocations: 0,
  usersMe: 0,
});

const clientAuthOf = (request: EmulatorRequest): RecordedRequest['clientAuth'] => {
  if (readBasicCredentials(request.headers) !== undefined) return 'basic';
  return request.form.get('client_secret') === undefined ? 'none' : 'post';
};

/** What tests may ask for afterwards: requests, counters, and every secret that was issued or received. */
export class Recorder {
  readonly requests: RecordedRequest[] = [];
  readonly counters = zero();
  readonly #secrets = new Set<string>();

  /** Notes a request at its arrival; its status is filled in later. */
  record(request: EmulatorRequest, endpoint: Endpoint, time: number): RecordedRequest {
    for (const name of RECEIVED_SECRETS) this.keepSecret(request.form.get(name));
    const basic = readBasicCredentials(request.headers);
    this.keepSecret(basic?.clientSecret);
    const { query, form, method, path, headers, cookies } = request;
    const recorded: RecordedRequest = {
      seq: this.requests.length + 1,
      time,
      endpoint,
      method,
      path,
      grantType: form.get('grant_type') ?? null,
      clientId: form.get('client_id') ?? basic?.clientId ?? query.get('client_id') ?? null,
      clientAuth: clientAuthOf(request),
      status: 'pending',
      userAgent: headers['user-agent'] ?? null,
      parameters: [...new Set([...query.names(), ...form.names()])],
      cookies: [...cookies.keys()].filter((name) => name !== ''),
      query: endpoint === 'authorize' ? { ...query.toObject(), ...form.toObject() } : null,
    };
    this.requests.push(recorded);
    return recorded;
  }

  /** Remembers a value that must never turn up in a log. */
  keepSecret(value: string | undefined): void {
    if (value !== undefined && value !== '') this.#secrets.add(value);
  }

  get secrets(): string[] {
    return [...this.#secrets];
  }
}
