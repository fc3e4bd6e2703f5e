import assert from 'node:assert/strict';
import '../../support/vscodeStub';
import { proxyBy, type ProxySettings } from '../../../../src/ui/check/proxy';

type Environment = Readonly<Record<string, string>>;

const NONE: ProxySettings = { proxy: '', noProxy: [], support: 'override' };
const URL_OF_BOX = 'https://api.box.com/2.0/users/me';

const rows: readonly (readonly [string, Partial<ProxySettings>, Environment, string | undefined])[] = [
  ['nothing set', {}, {}, undefined],
  ['the setting', { proxy: 'http://me:secret@proxy.corp:8080' }, {}, 'proxy.corp:8080'],
  ['a proxy without a scheme', { proxy: 'proxy.corp:8080' }, {}, 'proxy.corp:8080'],
  ['one with a password and no scheme', { proxy: 'me:secret@proxy.corp:8080' }, {}, 'proxy.corp:8080'],
  ['one without a scheme in the environment', {}, { HTTPS_PROXY: 'proxy.corp:3128' }, 'proxy.corp:3128'],
  ['lowercase names', {}, { https_proxy: 'http://proxy.corp:3128' }, 'proxy.corp:3128'],
  ['the proxy for other addresses', {}, { HTTP_PROXY: 'http://proxy.corp:3128' }, undefined],
  ['an empty host', { proxy: 'file:///proxy' }, {}, undefined],
  ['what is no address', { proxy: 'http://' }, {}, undefined],
  ['proxies turned off', { proxy: 'http://proxy.corp:8080', support: 'off' }, {}, undefined],
  ['an exception in the settings', { proxy: 'proxy.corp:8080', noProxy: ['*.box.com'] }, {}, undefined],
  [
    'an exception in the environment',
    { proxy: 'proxy.corp:8080' },
    { NO_PROXY: 'a.example, .box.com' },
    undefined,
  ],
  ['an exception with a port', { proxy: 'proxy.corp:8080', noProxy: ['api.box.com:443'] }, {}, undefined],
  ['all exceptions', { proxy: 'proxy.corp:8080' }, { no_proxy: '*' }, undefined],
  [
    'an exception for another host',
    { proxy: 'proxy.corp:8080', noProxy: ['x.com'] },
    { NO_PROXY: '*' },
    'proxy.corp:8080',
  ],
];

describe('proxyBy', () => {
  for (const [name, settings, environment, expected] of rows) {
    it(`gives ${expected ?? 'none'} for ${name}`, () => {
      assert.equal(proxyBy({ ...NONE, ...settings }, environment, URL_OF_BOX), expected);
    });
  }
});
