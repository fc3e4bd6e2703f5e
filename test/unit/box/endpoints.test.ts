import assert from 'node:assert/strict';
import { addressProblem, endpointsOf, isLoopback, sameBaseUrls } from '../../../src/box/endpoints';

describe('endpointsOf', () => {
  it('gives the addresses that Box documents', () => {
    assert.deepEqual(endpointsOf({ account: 'https://account.box.com', api: 'https://api.box.com' }), {
      authorization: 'https://account.box.com/api/oauth2/authorize',
      token: 'https://api.box.com/oauth2/token',
      revocation: 'https://api.box.com/oauth2/revoke',
      currentUser: 'https://api.box.com/2.0/users/me',
    });
  });
});

describe('sameOrigins', () => {
  const box = { account: 'https://account.box.com', api: 'https://api.box.com' };

  it('is true for equal origins', () => {
    assert.equal(sameBaseUrls(box, { ...box }), true);
  });

  for (const other of [{ account: 'https://ent.box.com' }, { api: 'https://api.example.com' }]) {
    it(`is false when one differs: ${JSON.stringify(other)}`, () => {
      assert.equal(sameBaseUrls(box, { ...box, ...other }), false);
    });
  }
});

describe('addressProblem', () => {
  const trusted = [
    'https://account.box.com',
    'https://account.box.com/',
    'https://ent.box.com:443/',
    'https://api.example.com:8443/box',
    'HTTPS://API.BOX.COM',
    'https://127.0.0.1',
    'https://vscode.dev/redirect',
    'http://localhost',
    'http://LOCALHOST:8080/',
    'http://127.0.0.1:3000',
    'http://127.0.0.2:3000/redirect',
    'http://127.255.255.254',
    'http://[::1]:3000',
    'http://[0:0:0:0:0:0:0:1]',
    // Other ways to write 127.0.0.1 (WHATWG URL, IPv4 parser).
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0x7f.1',
    'http://0177.0.0.1',
  ];
  for (const address of trusted) {
    it(`trusts ${address}`, () => {
      assert.equal(addressProblem(address), undefined);
    });
  }

  const refused: [string, ReturnType<typeof addressProblem>][] = [
    ['http://account.box.com', 'insecure'],
    ['http://localhost.evil.com', 'insecure'],
    ['http://127.0.0.1.evil.com', 'insecure'],
    ['http://evil.com/localhost', 'insecure'],
    ['http://evil.com#localhost', 'insecure'],
    ['http://localhost@evil.com', 'has_credentials'],
    ['http://127.0.0.1:80@evil.com', 'has_credentials'],
    ['http://notlocalhost', 'insecure'],
    ['http://box.localhost', 'insecure'],
    ['http://0.0.0.0', 'insecure'],
    ['http://128.0.0.1', 'insecure'],
    ['http://1.127.0.0', 'insecure'],
    ['http://3232235777', 'insecure'],
    ['http://0xc0a80101', 'insecure'],
    ['http://[::2]', 'insecure'],
    ['http://[::]', 'insecure'],
    ['ftp://api.box.com', 'insecure'],
    ['ws://localhost', 'insecure'],
    ['vscode://vscode-box.box-authentication/callback', 'insecure'],
    ['https://dana@api.box.com', 'has_credentials'],
    ['https://dana:word@api.box.com', 'has_credentials'],
    ['https://:word@api.box.com', 'has_credentials'],
    ['http://dana@localhost', 'has_credentials'],
    ['https://api.box.com?to=here', 'has_query'],
    ['https://api.box.com/#top', 'has_query'],
    ['http://127.0.0.1/?a', 'has_query'],
    ['https://api.box.com/?', 'has_query'],
    ['https://api.box.com#', 'has_query'],
    ['', 'not_a_url'],
    ['api.box.com', 'not_a_url'],
    ['localhost:3000', 'not_a_url'],
    ['//api.box.com', 'not_a_url'],
    ['https://', 'not_a_url'],
    ['http://', 'not_a_url'],
    ['https://api box com', 'not_a_url'],
    ['https://[::1', 'not_a_url'],
    ['http://127.0.0.256', 'not_a_url'],
    ['https://api.box.com:99999', 'not_a_url'],
    ['file:///etc/passwd', 'not_a_url'],
    ['javascript:alert(1)', 'not_a_url'],
    ['data:text/html,hello', 'not_a_url'],
    ['\u0000', 'not_a_url'],
  ];
  for (const [address, problem] of refused) {
    it(`refuses ${JSON.stringify(address)}: ${String(problem)}`, () => {
      assert.equal(addressProblem(address), problem);
    });
  }
});

describe('isLoopback', () => {
  it('is about the host alone', () => {
    assert.equal(isLoopback(new URL('https://localhost:1/x?y#z')), true);
    assert.equal(isLoopback(new URL('https://example.com/127.0.0.1')), false);
  });
});
