import Module from 'node:module';
import type { AuthenticationSession } from 'vscode';

// The example takes its sessions from VS Code, which Node has not: the extensions of `examples` get this in its place.

type GetSession = (provider: string, scopes: readonly string[]) => Promise<AuthenticationSession>;
type Load = (
  request: string,
  parent: { readonly filename: string } | undefined,
  ...rest: unknown[]
) => unknown;

let getSession: GetSession = () => Promise.reject(new Error('Nobody gives sessions'));

/** Has the examples get their sessions here. */
export function giveSessions(give: GetSession): void {
  getSession = give;
}

const vscode = {
  authentication: {
    getSession: (provider: string, scopes: readonly string[]) => getSession(provider, scopes),
  },
};

const load = Reflect.get(Module, '_load') as Load;
const withVscode: Load = (request, parent, ...rest) =>
  request === 'vscode' && parent?.filename.includes('/examples/list-root-folder/') === true
    ? vscode
    : Reflect.apply(load, Module, [request, parent, ...rest]);
Reflect.set(Module, '_load', withVscode);
