import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { endpointsOf } from '../../../src/box/endpoints';
import { mcpServerUrl } from '../../../src/mcp/mcpServer';
import { codes, document, quoted, rows, section } from './documents';

const { text } = document('docs/administrators.md');
const { properties } = manifest.contributes.configuration;
const origins = {
  account: properties['box-authentication.accountBaseUrl'].default,
  api: properties['box-authentication.apiBaseUrl'].default,
};
const redirectPage = properties['box-authentication.redirectPage'].default;
const stored = rows(section(text, 'What is stored where'))
  .map((cells) => cells.join(' '))
  .join('\n');

describe('docs/administrators.md', () => {
  it('has every address that requests go to', () => {
    const listed = rows(section(text, 'What is sent where')).flatMap((cells) => codes(cells[1] ?? ''));
    const { authorization, token, revocation, currentUser } = endpointsOf(origins);
    const addresses = [authorization, token, revocation, currentUser];
    const expected = [...addresses, redirectPage, mcpServerUrl(origins)];
    assert.deepEqual([...new Set(listed)].sort(), [...new Set(expected)].sort());
  });

  it('has every host that the sources name', () => {
    const listed = rows(section(text, 'Hosts to allow'))
      .flatMap(([host = '']) => codes(host))
      .sort();
    const named = quoted('src', /'(https:\/\/[^'\s]+)'/g).map((url) => new URL(url).hostname);
    const all = [...named, ...[origins.account, origins.api].map((url) => new URL(url).hostname)];
    assert.deepEqual(listed, [...new Set(all)].filter((host) => !host.endsWith('.invalid')).sort());
  });

  it('has every kind of secret that is stored', () => {
    const prefixes = quoted('src', /prefix: '(\w+)'/g);
    assert.ok(prefixes.length >= 4);
    for (const prefix of prefixes) assert.ok(stored.includes(`\`${prefix}/<`), prefix);
  });

  it('has what is stored for a while too', () => {
    const prefixes = quoted('src', /[`'](set-aside|callback)\/(?:\$\{|')/g);
    assert.deepEqual([...prefixes].sort(), ['callback', 'set-aside']);
    for (const prefix of prefixes) assert.ok(stored.includes(`\`${prefix}/<`), prefix);
  });

  it('has every folder below the global storage folder', () => {
    const names = quoted('src', /join\(folder, '(\w+)'\)/g);
    assert.ok(names.length >= 4);
    for (const name of names) assert.ok(stored.includes(`\`${name}\``), name);
  });

  it('has the ports of the local server', () => {
    const ports = properties['box-authentication.localServerPorts'].default;
    for (const port of ports) assert.ok(section(text, 'Hosts to allow').includes(String(port)), String(port));
  });
});
