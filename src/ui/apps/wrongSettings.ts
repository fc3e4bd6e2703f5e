import type { Settings } from '../../apps/settings';

/** How each setting that can be wrong is read. Both base URLs are read as one, so that each error comes out once. */
const READERS = {
  accountBaseUrl: 'origins',
  apiBaseUrl: 'origins',
  signInMethod: 'signInMethod',
  redirectPage: 'redirectPage',
  localServerPorts: 'localServerPorts',
  clearClipboardAfterSeconds: 'clearClipboardAfterSeconds',
} as const satisfies Readonly<Record<string, keyof Settings>>;

type CheckedSetting = 'apps' | keyof typeof READERS;

/**
 * The errors of all settings that changed and cannot be used.
 * @param isChanged whether a setting changed.
 */
export function wrongSettings(settings: Settings, isChanged: (name: CheckedSetting) => boolean): unknown[] {
  const apps = isChanged('apps') ? settings.appErrors() : [];
  const changed = (Object.keys(READERS) as (keyof typeof READERS)[]).filter(isChanged);
  const readers = new Set(changed.map((name) => READERS[name]));
  const others = [...readers].flatMap((reader) => {
    try {
      settings[reader]();
      return [];
    } catch (error) {
      return [error];
    }
  });
  return [...apps, ...others];
}
