import assert from 'node:assert/strict';
import { startEmulator, type Emulator } from '../src';

describe('Emulator: redirect page', () => {
  let emulator: Emulator;

  before(async () => {
    emulator = await startEmulator();
  });
  after(() => emulator.stop());
  beforeEach(() => emulator.control.reset());

  const open = (query: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${emulator.redirectPage}?${new URLSearchParams(query).toString()}`, { redirect: 'manual' });

  const target = async (query: Readonly<Record<string, string>>): Promise<string | null> =>
    (await open(query)).headers.get('location');

  it('forwards the code to a callback on loopback and keeps its query', async () => {
    const callback = 'http://127.0.0.1:8000/stable/callback?vscode-reqid=1&vscode-path=%2Fcallback';
    const state = encodeURIComponent(callback);
    assert.equal(await target({ code: 'abc', state }), `${callback}&code=abc`);
    assert.equal(await target({ code: 'abc', state: callback }), `${callback}&code=abc`);
  });

  it('decodes the state once, and not twice', async () => {
    const callback = 'http://localhost:8000/callback?nonce=a%2526b';
    assert.equal(await target({ code: 'abc', state: encodeURIComponent(callback) }), `${callback}&code=abc`);
  });

  it('shows a page that opens an editor', async () => {
    const callback = 'vscode://vscode-box.box-authentication/callback?nonce=1';
    const response = await open({ code: 'abc', state: encodeURIComponent(callback) });
    const body = await response.text();
    const escaped = `${callback}&amp;code=abc`;
    assert.equal(response.status, 200);
    assert.ok(body.includes(`<a class="button" href="${escaped}">`));
    assert.ok(body.includes(`content="0; url=${escaped}"`));
  });

  it('forwards state and error as told', async () => {
    const state = encodeURIComponent('http://127.0.0.1:8000/callback');
    const denied = { error: 'access_denied', error_description: 'No', state };
    assert.equal(
      await target(denied),
      'http://127.0.0.1:8000/callback?error=access_denied&error_description=No',
    );
    await emulator.control.set({ redirectPageForwardsError: false });
    const page = await open(denied);
    assert.equal(page.status, 400);
    assert.match(await page.text(), /<p>No<\/p>/);
    await emulator.control.set({ redirectPageForwardsState: true });
    const forwarded = new URL((await target({ code: 'abc', state })) ?? '');
    assert.equal(forwarded.searchParams.get('state'), state);
  });

  const refused = [
    '',
    'https://example.com/callback',
    'http://example.com/callback',
    'http://127.0.0.1@example.com/callback',
    'http://127.0.0.1.example.com/callback',
    'javascript:alert(1)',
    'javascript://vscode/%0aalert(1)',
    'file:///etc/passwd',
    'vscodeX://a.b/c',
    '//127.0.0.1/callback',
    '%',
  ];
  for (const callback of refused) {
    it(`does not forward to ${callback === '' ? 'nothing' : callback}`, async () => {
      for (const state of [callback, encodeURIComponent(callback)]) {
        const response = await open({ code: 'abc', state });
        assert.deepEqual([response.status, response.headers.get('location')], [400, null]);
        assert.equal((await response.text()).includes('href'), false);
      }
    });
  }

  it('lets no line break into a header', async () => {
    const state = 'http://127.0.0.1:8000/callback?a=\r\nSet-Cookie: b';
    const location = (await target({ code: 'abc', state })) ?? '';
    assert.equal(location, 'http://127.0.0.1:8000/callback?a=%0D%0ASet-Cookie:%20b&code=abc');
  });

  it('needs a code', async () => {
    const response = await open({ state: encodeURIComponent('http://127.0.0.1:8000/callback') });
    assert.equal(response.status, 400);
  });
});
