import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  APPLICATION_SCOPES,
  DOWNSCOPE_SCOPES,
  EXCHANGEABLE_APPLICATION_SCOPES,
  isApplicationScope,
  isDownscopeScope,
} from '../../../src/box/scopes';
import { anyText, SAME_VALUES } from '../support/property';

describe('Scopes', () => {
  it('are each of one kind', () => {
    for (const scope of DOWNSCOPE_SCOPES) {
      assert.deepEqual([isDownscopeScope(scope), isApplicationScope(scope)], [true, false], scope);
    }
    for (const scope of APPLICATION_SCOPES) {
      assert.deepEqual([isDownscopeScope(scope), isApplicationScope(scope)], [false, true], scope);
    }
  });

  it('are each named once', () => {
    for (const names of [DOWNSCOPE_SCOPES, APPLICATION_SCOPES, EXCHANGEABLE_APPLICATION_SCOPES]) {
      assert.equal(new Set<string>(names).size, names.length);
    }
  });

  // OpenAPI `ResourceScope`, and the scope that only the guide has.
  for (const scope of ['annotation_edit', 'base_explorer', 'item_download', 'item_read', 'base_sidebar']) {
    it(`have ${scope} for a downscoped token alone`, () => {
      assert.equal(isDownscopeScope(scope), true);
    });
  }

  // OpenAPI security scheme, and both spellings of the one that Box spells in two ways.
  for (const scope of ['root_readonly', 'root_readwrite', 'manage_legal_hold', 'manage_legal_holds']) {
    it(`have ${scope} for an app`, () => {
      assert.equal(isApplicationScope(scope), true);
    });
  }

  it('are known by their exact names', () => {
    const notScope = fc.oneof(
      anyText,
      fc.constantFrom('', 'ITEM_PREVIEW', ' item_preview', 'toString', 'item'),
    );
    fc.assert(
      fc.property(notScope, (name) => {
        assert.equal(isDownscopeScope(name) || isApplicationScope(name), false);
      }),
      SAME_VALUES,
    );
  });
});
