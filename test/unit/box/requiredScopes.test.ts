import assert from 'node:assert/strict';
import fc from 'fast-check';
import { requiredScopes } from '../../../src/box/requiredScopes';
import { isApplicationScope } from '../../../src/box/scopes';
import { anyText, SAME_VALUES } from '../support/property';

const API = 'https://api.box.com/2.0';

describe('requiredScopes', () => {
  const table: readonly (readonly [string, string, string | undefined])[] = [
    ['GET', `${API}/folders/0/items?limit=1`, 'root_readonly'],
    ['get', '/2.0/files/12', 'root_readonly'],
    ['GET', `${API}/files/12/content`, 'root_readwrite'],
    ['POST', 'https://upload.box.com/api/2.0/files/content', 'root_readwrite'],
    ['DELETE', `${API}/folders/12`, 'root_readwrite'],
    ['GET', `${API}/search?query=a`, 'root_readonly'],
    ['GET', `${API}/webhooks`, 'manage_webhook'],
    ['POST', `${API}/webhooks/`, 'manage_webhook'],
    ['GET', `${API}/users`, 'manage_managed_users'],
    ['PUT', `${API}/users/12`, 'manage_managed_users'],
    ['GET', `${API}/users/me`, undefined],
    ['GET', `${API}/users/me?fields=role`, undefined],
    ['GET', `${API}/groups/1/memberships`, 'manage_groups'],
    ['POST', `${API}/group_memberships`, 'manage_groups'],
    ['POST', `${API}/ai/ask`, 'ai.readwrite'],
    ['GET', `${API}/sign_requests`, 'sign_requests.readwrite'],
    ['GET', `${API}/retention_policies`, 'manage_data_retention'],
    ['GET', `${API}/legal_hold_policies`, 'manage_legal_holds'],
    ['GET', `${API}/enterprises/1/device_pinners`, 'manage_enterprise_properties'],
    ['GET', `${API}/workflows`, 'manage_triggers'],
    ['POST', `${API}/docgen_batches`, 'docgen.readwrite'],
    ['GET', `${API}/airlines`, undefined],
    ['GET', 'https://api.box.com/oauth2/token', undefined],
  ];
  for (const [method, url, scope] of table) {
    it(`of ${method} ${url}: ${scope ?? 'not known'}`, () => {
      assert.deepEqual(requiredScopes({ method, url }), scope === undefined ? [] : [scope]);
    });
  }

  it('gives application scopes alone, whatever it is given', () => {
    assert.deepEqual(requiredScopes(null), []);
    assert.deepEqual(requiredScopes({ url: '/2.0/files/1' }), []);
    fc.assert(
      fc.property(anyText, anyText, (method, path) => {
        for (const scope of requiredScopes({ method, url: `/2.0/${path}` }))
          assert.ok(isApplicationScope(scope));
      }),
      SAME_VALUES,
    );
  });
});
