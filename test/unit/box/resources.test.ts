import assert from 'node:assert/strict';
import fc from 'fast-check';
import { itemOf, readResource, type ReadResource, type ResourceProblem } from '../../../src/box/resources';
import { anyText, SAME_VALUES } from '../support/property';

const file = (id: string): ReadResource => ({
  kind: 'file',
  id,
  resource: `https://api.box.com/2.0/files/${id}`,
});
const folder = (id: string): ReadResource => ({
  kind: 'folder',
  id,
  resource: `https://api.box.com/2.0/folders/${id}`,
});
const sharedLink = (url: string): ReadResource => ({ kind: 'sharedLink', url });

describe('readResource', () => {
  const readable: [string, ReadResource][] = [
    ['123', { kind: 'bareId', id: '123' }],
    [' 123\n', { kind: 'bareId', id: '123' }],
    ['0', { kind: 'bareId', id: '0' }],
    ['file/123', file('123')],
    ['/file/123', file('123')],
    ['files/123', file('123')],
    ['folder/0', folder('0')],
    ['folders/123/', folder('123')],
    ['https://app.box.com/file/123', file('123')],
    ['https://app.box.com/files/123', file('123')],
    ['https://app.box.com/file/123/', file('123')],
    ['https://app.box.com/file/123?s=abc&page=2#comments', file('123')],
    ['https://app.box.com/folder/0', folder('0')],
    ['https://acme.app.box.com/folder/123', folder('123')],
    ['https://acme.ent.box.com/file/123', file('123')],
    ['HTTPS://ACME.APP.BOX.COM/folder/123', folder('123')],
    ['http://app.box.com/file/123', file('123')],
    ['app.box.com/file/123', file('123')],
    ['acme.app.box.com/folder/123', folder('123')],
    ['https://api.box.com/2.0/files/123', file('123')],
    ['https://api.box.com/2.0/folders/0', folder('0')],
    ['https://api.box.com/2.0/files/123?fields=name', file('123')],
    ['https://app.box.com/s/a1B2c3', sharedLink('https://app.box.com/s/a1B2c3')],
    ['https://cloud.box.com/s/123456', sharedLink('https://cloud.box.com/s/123456')],
    ['https://acme.box.com/s/a1B2c3/', sharedLink('https://acme.box.com/s/a1B2c3')],
    ['https://acme.app.box.com/s/a1B2c3?page=2#x', sharedLink('https://acme.app.box.com/s/a1B2c3')],
    ['http://acme.box.com/s/a1B2c3', sharedLink('https://acme.box.com/s/a1B2c3')],
    ['acme.box.com/v/Our-Plan_2026', sharedLink('https://acme.box.com/v/Our-Plan_2026')],
    ['https://acme.app.box.com/v/plan', sharedLink('https://acme.app.box.com/v/plan')],
    ['https://app.box.com/v/plan', sharedLink('https://app.box.com/v/plan')],
    ['https://box.com/s/a1B2c3', sharedLink('https://box.com/s/a1B2c3')],
    // An item inside of a shared folder: a token for the whole link would be wider.
    ['https://app.box.com/s/a1B2c3/file/123', file('123')],
    ['https://acme.box.com/v/plan/folder/123', folder('123')],
    ['https://app.box.com/notes/123', file('123')],
    ['https://app.box.com/notes/123?s=abc', file('123')],
    ['https://app.box.com/embed/s/abc', sharedLink('https://app.box.com/s/abc')],
    ['https://app.box.com/embed_widget/s/abc', sharedLink('https://app.box.com/s/abc')],
    ['https://app.box.com/embed_widget/000000000000/s/abc', sharedLink('https://app.box.com/s/abc')],
    ['https://acme.app.box.com/embed/s/abc?sortColumn=date', sharedLink('https://acme.app.box.com/s/abc')],
    ['https://app.box.com/embed/folder/1', folder('1')],
    ['https://app.box.com/files/0/f/1/name', folder('1')],
    ['https://app.box.com/files/0/f/1', folder('1')],
    ['https://app.box.com/files/0/f/1001/1/f_2002', file('2002')],
    ['<https://app.box.com/file/123>', file('123')],
    ['"https://app.box.com/file/123"', file('123')],
    ["' https://app.box.com/s/abc '", sharedLink('https://app.box.com/s/abc')],
    ['“file/123”', file('123')],
  ];
  for (const [text, resource] of readable) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readResource(text), resource);
    });
  }

  const unreadable: [string, ResourceProblem][] = [
    ['', 'empty'],
    ['  \n', 'empty'],
    ['plan', 'unreadable'],
    ['0123', 'unreadable'],
    ['-1', 'unreadable'],
    ['12.3', 'unreadable'],
    ['1e9', 'unreadable'],
    ['１２３', 'unreadable'],
    ['9'.repeat(21), 'unreadable'],
    ['file/', 'unreadable'],
    ['file/abc', 'unreadable'],
    ['file:123', 'unreadable'],
    ['user/123', 'unreadable'],
    ['s/a1B2c3', 'unreadable'],
    ['2.0/files/123', 'unreadable'],
    ['//app.box.com/file/123', 'unreadable'],
    ['ftp://app.box.com/file/123', 'unreadable'],
    ['javascript://app.box.com/file/123', 'unreadable'],
    [`https://app.box.com/s/${'x'.repeat(2048)}`, 'unreadable'],
    ['https://example.com/file/123', 'other_site'],
    ['https://app.box.com.example.com/file/123', 'other_site'],
    ['https://notbox.com/s/a1B2c3', 'other_site'],
    ['https://example.com/https://app.box.com/s/a1B2c3', 'other_site'],
    ['https://app.box.com@example.com/s/a1B2c3', 'other_site'],
    ['https://example.com@app.box.com/s/a1B2c3', 'other_site'],
    ['https://:word@app.box.com/s/a1B2c3', 'other_site'],
    ['https://app.box.com:8443/s/a1B2c3', 'other_site'],
    ['https://app.box.com./s/a1B2c3', 'other_site'],
    ['https://app.bоx.com/s/a1B2c3', 'other_site'],
    ['https://app.box.com', 'no_item'],
    ['https://app.box.com/', 'no_item'],
    ['https://app.box.com/folder', 'no_item'],
    ['https://app.box.com/file/abc', 'no_item'],
    ['https://app.box.com/file/123/edit', 'no_item'],
    ['https://app.box.com/s/', 'no_item'],
    ['https://app.box.com/s/a1B2c3/more', 'no_item'],
    ['https://acme.app.box.com/shared/static/a1B2c3.pdf', 'no_item'],
    ['https://app.box.com/user/123', 'no_item'],
    ['https://app.box.com/2.0/files/123', 'no_item'],
    ['https://api.box.com/2.0/users/123', 'no_item'],
    ['https://api.box.com/2.0/files/123/content', 'no_item'],
    ['https://api.box.com/file/123', 'no_item'],
    ['https://api.box.com/s/a1B2c3', 'no_item'],
    ['https://app.box.com/web_link/123', 'web_link'],
    ['https://api.box.com/2.0/web_links/123', 'web_link'],
  ];
  for (const [text, problem] of unreadable) {
    it(`finds ${JSON.stringify(text).slice(0, 60)} ${problem}`, () => {
      assert.deepEqual(readResource(text), { kind: 'problem', problem });
    });
  }

  const id = fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }).map(String);
  const kind = fc.constantFrom('file', 'folder');
  const company = fc.stringMatching(/^[a-z][a-z\d-]{0,20}$/);
  const host = fc.oneof(
    fc.constant('app.box.com'),
    company.filter((name) => name !== 'api').map((name) => `${name}.box.com`),
    company.map((name) => `${name}.app.box.com`),
    company.map((name) => `${name}.ent.box.com`),
  );
  const name = fc.stringMatching(/^[A-Za-z\d_-]{1,40}$/);
  const around = fc.constantFrom('', ' ', '\n', '\t ');
  const after = fc.constantFrom('', '/', '?a=1', '#top', '/?a=1#top');

  it('reads every id, in every form, as the same item', () => {
    fc.assert(
      fc.property(kind, id, host, around, after, (what, number, where, space, end) => {
        const item = itemOf(what, number);
        for (const text of [
          `${what}/${number}`,
          `https://${where}/${what}/${number}${end}`,
          `https://api.box.com/2.0/${what}s/${number}${end}`,
        ]) {
          assert.deepEqual(readResource(`${space}${text}${space}`), item);
        }
      }),
      SAME_VALUES,
    );
  });

  it('reads every shared link, and its own reading of it again', () => {
    fc.assert(
      fc.property(host, fc.constantFrom('s', 'v'), name, after, (where, type, link, end) => {
        const url = `https://${where}/${type}/${link}`;
        assert.deepEqual(readResource(`${url}${end}`), { kind: 'sharedLink', url });
        assert.deepEqual(readResource(url), { kind: 'sharedLink', url });
      }),
      SAME_VALUES,
    );
  });

  it('gives, whatever it is given, nothing but items of the API and links on Box’s own hosts', () => {
    const part = fc.oneof(
      anyText,
      id,
      host,
      fc.constantFrom('https://', 'http://', '/', '//', '@', ':', '..', '%2F', '\\', '/s/', '/v/', '/file/'),
      fc.constantFrom('/2.0/files/', 'api.box.com', 'app.box.com', 'example.com', '?', '#', '.', ' ', '\n'),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (given) => {
        const read = readResource(given);
        if (read.kind === 'sharedLink') {
          const { protocol, hostname, username, port, search, hash } = new URL(read.url);
          assert.deepEqual([protocol, username, port, search, hash], ['https:', '', '', '', '']);
          assert.match(hostname, /(^|\.)box\.com$/);
          assert.equal(new URL(read.url).href, read.url);
          assert.deepEqual(readResource(read.url), read);
        } else if (read.kind === 'file' || read.kind === 'folder') {
          assert.match(read.resource, /^https:\/\/api\.box\.com\/2\.0\/(files|folders)\/\d+$/);
          assert.deepEqual(readResource(read.resource), read);
        }
      }),
      { ...SAME_VALUES, numRuns: 3000 },
    );
  });
});
