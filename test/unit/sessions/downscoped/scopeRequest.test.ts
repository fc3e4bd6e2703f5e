import assert from 'node:assert/strict';
import fc from 'fast-check';
import { APPLICATION_SCOPES, DOWNSCOPE_SCOPES } from '../../../../src/box/scopes';
import {
  readScopes,
  ScopeRequestError,
  type ScopeRequest,
} from '../../../../src/sessions/downscoped/scopeRequest';
import { anyText, SAME_VALUES } from '../../support/property';

const BOX = { account: 'https://account.box.com', api: 'https://api.box.com' };
const OWN = { account: 'http://127.0.0.1:4321', api: 'http://127.0.0.1:1234' };

const file = { kind: 'file', id: '12', resource: 'https://api.box.com/2.0/files/12' };
const folder = { kind: 'folder', id: '0', resource: 'https://api.box.com/2.0/folders/0' };
const link = { kind: 'sharedLink', url: 'https://app.box.com/s/abc123' };

describe('readScopes', () => {
  const downscoped = (
    asked: readonly string[],
    origins = BOX,
  ): Extract<ScopeRequest, { readonly kind: 'downscoped' }> => {
    const request = readScopes(asked, origins);
    assert.equal(request.kind, 'downscoped', asked.join(' '));
    return request;
  };

  for (const asked of [
    [],
    ['root_readonly'],
    ['root_readwrite', 'manage_webhook'],
    ['ai.readwrite'],
    ['a scope that Box makes up tomorrow'],
    ['root_readonly', 'root_readonly'],
    [''],
  ]) {
    it(`takes [${asked.join(', ')}] for scopes of a sign-in`, () => {
      assert.deepEqual(readScopes(asked, BOX), { kind: 'application', scopes: asked });
    });
  }

  it('takes every documented application scope for one of a sign-in', () => {
    for (const scope of APPLICATION_SCOPES) assert.equal(readScopes([scope], BOX).kind, 'application', scope);
  });

  it('takes every scope of downscoped tokens alone for one of those', () => {
    for (const scope of DOWNSCOPE_SCOPES) {
      assert.deepEqual(readScopes([scope], BOX), {
        kind: 'downscoped',
        asked: [scope],
        scopes: [scope],
        resource: undefined,
      });
    }
  });

  for (const [address, resource] of [
    ['https://api.box.com/2.0/files/12', file],
    ['https://app.box.com/file/12', file],
    ['https://acme.app.box.com/file/12', file],
    ['file/12', file],
    ['https://api.box.com/2.0/folders/0', folder],
    ['https://app.box.com/folder/0', folder],
    ['folder/0', folder],
    ['https://app.box.com/s/abc123', link],
    ['https://app.box.com/s/abc123/', link],
    ['https://acme.box.com/v/plans', { kind: 'sharedLink', url: 'https://acme.box.com/v/plans' }],
  ] as const) {
    it(`confines a token to ${address}`, () => {
      const asked = ['item_preview', `resource:${address}`, 'item_download'];
      assert.deepEqual(downscoped(asked), {
        kind: 'downscoped',
        asked,
        scopes: ['item_preview', 'item_download'],
        resource,
      });
    });
  }

  for (const [address, resource] of [
    ['http://127.0.0.1:1234/2.0/files/12', { kind: 'file', id: '12' }],
    ['http://127.0.0.1:1234/2.0/folders/0/', { kind: 'folder', id: '0' }],
    ['http://127.0.0.1:4321/file/12', { kind: 'file', id: '12' }],
  ] as const) {
    it(`knows ${address} by the configured Box, and sends it as it is`, () => {
      const request = downscoped(['item_preview', `resource:${address}`], OWN);
      assert.deepEqual(request.resource, { ...resource, resource: address });
    });
  }

  it('knows a shared link of the configured Box', () => {
    const url = 'http://127.0.0.1:4321/s/abc';
    const request = downscoped(['item_preview', `resource:${url}`], OWN);
    assert.deepEqual(request.resource, { kind: 'sharedLink', url });
  });

  it('knows Box’s own addresses wherever the configured Box is', () => {
    const request = downscoped(['item_preview', `resource:${file.resource}`], OWN);
    assert.deepEqual(request.resource, file);
  });

  it('takes a scope or a resource that is given twice for one', () => {
    const asked = ['item_preview', 'item_preview', 'resource:file/12', 'resource:file/12'];
    assert.deepEqual(downscoped(asked), {
      kind: 'downscoped',
      asked,
      scopes: ['item_preview'],
      resource: file,
    });
  });

  for (const [asked, code, subject] of [
    [['item_preview', 'root_readwrite'], 'mixed', ['root_readwrite']],
    [['root_readonly', 'item_preview', 'ai.readwrite'], 'mixed', ['root_readonly', 'ai.readwrite']],
    [['root_readonly', 'resource:file/12'], 'mixed', ['root_readonly']],
    [['item_preview', 'unheard_of'], 'mixed', ['unheard_of']],
    [['resource:file/12'], 'resource_alone', ['resource:file/12']],
    [
      ['item_preview', 'resource:file/12', 'resource:file/13'],
      'several_resources',
      ['resource:file/12', 'resource:file/13'],
    ],
    [['item_preview', 'resource:'], 'unreadable_resource', ['resource:']],
    [['item_preview', 'resource:12'], 'unreadable_resource', ['resource:12']],
    [
      ['item_preview', 'resource:https://evil.example/file/12'],
      'unreadable_resource',
      ['resource:https://evil.example/file/12'],
    ],
    [
      ['item_preview', 'resource:https://app.box.com.evil.example/file/12'],
      'unreadable_resource',
      ['resource:https://app.box.com.evil.example/file/12'],
    ],
  ] as const) {
    it(`refuses [${asked.join(', ')}] as ${code}`, () => {
      assert.throws(() => readScopes(asked, BOX), { name: 'ScopeRequestError', code, subject });
    });
  }

  it('says what is wrong with a resource', () => {
    for (const [address, resourceProblem] of [
      ['', 'empty'],
      ['12', 'bare_id'],
      ['https://example.com/file/12', 'other_site'],
      ['https://app.box.com/notes', 'no_item'],
      ['https://app.box.com/web_link/12', 'web_link'],
    ] as const) {
      assert.throws(
        () => readScopes(['item_preview', `resource:${address}`], BOX),
        { resourceProblem },
        address,
      );
    }
  });

  it('takes no other server’s address for one of the configured Box', () => {
    for (const address of [
      'http://127.0.0.1:12345/2.0/files/12',
      'http://127.0.0.1:1234@evil.example/2.0/files/12',
    ]) {
      assert.throws(
        () => readScopes(['item_preview', `resource:${address}`], OWN),
        ScopeRequestError,
        address,
      );
    }
  });

  const address = fc.oneof(
    anyText,
    fc.webUrl(),
    fc
      .tuple(
        fc.constantFrom(
          '',
          'https://app.box.com/',
          'https://api.box.com/2.0/',
          `${OWN.api}/2.0/`,
          `${OWN.account}/`,
        ),
        fc.constantFrom('file/', 'files/', 'folder/', 'folders/', 's/', 'v/', 'web_link/', ''),
        fc.oneof(anyText, fc.nat().map(String)),
      )
      .map((parts) => parts.join('')),
  );
  const scope = fc.oneof(
    fc.constantFrom(...APPLICATION_SCOPES),
    fc.constantFrom(...DOWNSCOPE_SCOPES),
    address.map((text) => `resource:${text}`),
    anyText,
  );

  it('throws nothing but ScopeRequestError, and gives back verbatim what was asked for', () => {
    const property = fc.property(
      fc.array(scope, { maxLength: 4 }),
      fc.constantFrom(BOX, OWN),
      (asked, origins) => {
        const before = [...asked];
        const request = outcome(asked, origins);
        assert.deepEqual(asked, before);
        if (request === undefined) return;
        assert.deepEqual(request.kind === 'application' ? request.scopes : request.asked, before);
        const hasNarrow = asked.some((each) => DOWNSCOPE_SCOPES.some((name) => name === each));
        const hasResource = asked.some((each) => each.startsWith('resource:'));
        assert.equal(request.kind, hasNarrow ? 'downscoped' : 'application');
        if (request.kind === 'application') assert.equal(hasResource, false);
        else assert.equal(request.resource !== undefined, hasResource);
      },
    );
    fc.assert(property, { ...SAME_VALUES, numRuns: 2000 });
  });

  it('never mixes scopes of the two kinds', () => {
    const property = fc.property(
      fc.constantFrom(...APPLICATION_SCOPES),
      fc.constantFrom(...DOWNSCOPE_SCOPES),
      fc.array(scope, { maxLength: 3 }),
      (wide, narrow, others) => {
        assert.throws(() => readScopes([...others, wide, narrow], BOX), { code: 'mixed' });
      },
    );
    fc.assert(property, SAME_VALUES);
  });
});

function outcome(asked: readonly string[], origins: typeof BOX): ScopeRequest | undefined {
  try {
    return readScopes(asked, origins);
  } catch (error) {
    assert.ok(error instanceof ScopeRequestError, String(error));
    return undefined;
  }
}
