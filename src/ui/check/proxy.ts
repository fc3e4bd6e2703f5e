import * as vscode from 'vscode';

/**
 * The proxy that requests to an address go through as far as the settings and the environment tell, as `host:port`. A
 * user name and a password in it are left out. One that the system alone knows of is not seen.
 */
export function proxyOf(url: string): string | undefined {
  const { hostname, protocol } = new URL(url);
  if (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]') return undefined;
  const { env } = process;
  const ofEnvironment =
    protocol === 'https:'
      ? (env['HTTPS_PROXY'] ?? env['https_proxy'])
      : (env['HTTP_PROXY'] ?? env['http_proxy']);
  const set = vscode.workspace.getConfiguration('http').get<string>('proxy') ?? '';
  const proxy = set === '' ? (ofEnvironment ?? '') : set;
  return URL.canParse(proxy) ? new URL(proxy).host : undefined;
}
