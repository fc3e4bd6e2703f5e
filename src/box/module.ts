import { BoxClient, type BoxClientDependencies } from './client';

/** Builds what talks to Box. The HTTP library is loaded with the first request. */
export function createBox(dependencies: Omit<BoxClientDependencies, 'loadFetch'>): BoxClient {
  return new BoxClient({ ...dependencies, loadFetch: async () => (await import('./nodeFetch')).nodeFetch });
}
