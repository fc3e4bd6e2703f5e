import * as vscode from 'vscode';

/** What the settings say of proxies: empty where they say nothing. */
export interface ProxySettings {
  readonly proxy: string;
  readonly noProxy: readonly string[];
  /** `off` where extensions use none. */
  readonly support: string;
}

/**
 * The proxy that requests to an address go through as far as the settings and the environment tell, as `host:port`. A
 * user name and a password in it are left out. One that the system alone knows of is not seen.
 */
export function proxyOf(url: string): string | undefined {
  const configuration = vscode.workspace.getConfiguration('http');
  const settings = {
    proxy: configuration.get('proxy', ''),
    noProxy: configuration.get<readonly string[]>('noProxy', []),
    support: configuration.get('proxySupport', ''),
  };
  return proxyBy(settings, process.env, url);
}

/** The same, of the settings and the environment given. */
export function proxyBy(
  { proxy, noProxy, support }: ProxySettings,
  env: Readonly<Record<string, string | undefined>>,
  url: string,
): string | undefined {
  const { hostname, protocol, port } = new URL(url);
  if (support === 'off') return undefined;
  if (hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]') return undefined;
  const ofEnvironment = (name: string): string => env[name] ?? env[name.toLowerCase()] ?? '';
  const exceptions = noProxy.length > 0 ? noProxy : ofEnvironment('NO_PROXY').split(/[\s,]+/);
  const secure = protocol === 'https:';
  const address = port === '' ? `${hostname}:${secure ? '443' : '80'}` : `${hostname}:${port}`;
  if (exceptions.some((exception) => isException(exception, hostname, address))) return undefined;
  const used = proxy.trim() === '' ? ofEnvironment(secure ? 'HTTPS_PROXY' : 'HTTP_PROXY') : proxy;
  return hostOf(used.trim());
}

/** Whether an entry such as `box.com`, `.box.com`, `*.box.com`, `box.com:443` or `*` means an address. */
function isException(exception: string, hostname: string, address: string): boolean {
  if (exception === '*') return true;
  const name = exception.toLowerCase().replace(/^\*?\./, '');
  if (name === '') return false;
  return [hostname, address].some((each) => each === name || each.endsWith(`.${name}`));
}

/** The host and port of a proxy, which may be written without a scheme. */
function hostOf(proxy: string): string | undefined {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  const host = URL.canParse(url) ? new URL(url).host : '';
  return host === '' ? undefined : host;
}
