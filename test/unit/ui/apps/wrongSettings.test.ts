import assert from 'node:assert/strict';
import { SettingError, Settings } from '../../../../src/apps/settings';
import { wrongSettings } from '../../../../src/ui/apps/wrongSettings';

const DEFAULTS: Readonly<Record<string, unknown>> = {
  apps: [],
  accountBaseUrl: 'https://account.box.com',
  apiBaseUrl: 'https://api.box.com',
  signInMethod: 'auto',
  redirectPage: 'https://vscode.dev/redirect',
  localServerPorts: [17_160],
  clearClipboardAfterSeconds: 60,
};
const WRONG: Readonly<Record<string, unknown>> = {
  apps: 'none',
  accountBaseUrl: 'account.box.com',
  apiBaseUrl: 'api.box.com',
  signInMethod: 'by magic',
  redirectPage: 'a page',
  localServerPorts: 17_160,
  clearClipboardAfterSeconds: -1,
};

describe('wrongSettings', () => {
  const settingsWith = (values: Readonly<Record<string, unknown>>): Settings =>
    new Settings((name) => ({ ...DEFAULTS, ...values })[name]);

  /** The settings that are found to be wrong after a change of some. */
  const found = (values: Readonly<Record<string, unknown>>, changed: readonly string[]): string[] =>
    wrongSettings(settingsWith(values), (name) => changed.includes(name)).map((error) => {
      assert.ok(error instanceof SettingError);
      return error.setting.replace('box-authentication.', '');
    });

  for (const [name, value] of Object.entries(WRONG)) {
    it(`finds ${name} when it changed and is wrong`, () => {
      assert.deepEqual(found({ [name]: value }, [name]), [name]);
    });
  }

  it('finds all that changed at once and are wrong, behind those that are right', () => {
    const { signInMethod, redirectPage } = WRONG;
    assert.deepEqual(found({ signInMethod, redirectPage }, Object.keys(DEFAULTS)), [
      'signInMethod',
      'redirectPage',
    ]);
  });

  it('finds each app that cannot be used, and none that can', () => {
    const apps = [{ clientId: 'one' }, { clientId: '' }, { clientId: 'one' }];
    assert.deepEqual(found({ apps }, ['apps']), ['apps', 'apps']);
  });

  it('tells of the base URLs, which are read as one, once', () => {
    const { accountBaseUrl } = WRONG;
    assert.deepEqual(found({ accountBaseUrl }, ['accountBaseUrl', 'apiBaseUrl']), ['accountBaseUrl']);
  });

  it('looks at nothing else', () => {
    assert.deepEqual(found(WRONG, ['localServerPorts']), ['localServerPorts']);
    assert.deepEqual(found(WRONG, ['keepSignedIn']), []);
    assert.deepEqual(found({}, Object.keys(DEFAULTS)), []);
  });
});
