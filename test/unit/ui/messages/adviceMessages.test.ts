import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';
import { adviceMessage } from '../../../../src/ui/messages/adviceMessages';
import { sessionOf } from '../../support/sessions';

const LOGIN = 'AutomationUser_1_abc@boxdevedition.com';

describe('adviceMessage', () => {
  const person = sessionOf('ann');
  const serviceAccount: SessionRecord = {
    ...person,
    appName: 'Nightly',
    user: { ...person.user, login: LOGIN },
    credential: 'clientCredentials',
    subject: { type: 'enterprise', id: '1' },
  };
  const asUser: SessionRecord = { ...serviceAccount, subject: { type: 'user', id: '2' } };

  for (const code of ['not_found', undefined]) {
    it(`B9: tells a service account whom to share a missing item with (${String(code)})`, () => {
      const message = adviceMessage({ action: 'none' }, { status: 404, code }, { session: serviceAccount });
      assert.match(message, /service account of Nightly.*Share the item in Box with AutomationUser_1_abc@/);
      assert.match(message, /act as a user in Configure App/);
    });
  }

  it('B9: tells a person that an item is not there, or not for them', () => {
    for (const session of [person, asUser]) {
      const message = adviceMessage({ action: 'none' }, { status: 404 }, { session });
      assert.match(message, /no access to it.*ask the owner to share/);
      assert.doesNotMatch(message, /service account/);
    }
  });

  it('B9: says of an item that an unknown account did not find what may be the matter', () => {
    const message = adviceMessage({ action: 'none' }, { status: 404 }, {});
    assert.match(message, /didn’t find this item.*no access to it.*share the item/);
    assert.doesNotMatch(message, /try again/i);
  });

  it('B9: tells a service account without permission whom to share the item with', () => {
    const state = 'access_denied_insufficient_permissions';
    const text = (session: SessionRecord): string =>
      adviceMessage({ action: 'askPerson', state }, { status: 403, code: state }, { session });
    assert.match(
      text(serviceAccount),
      /service account of Nightly.*Share the item in Box with AutomationUser_1/,
    );
    assert.doesNotMatch(text(serviceAccount), /You don’t have permission/);
    for (const session of [person, asUser]) assert.match(text(session), /You don’t have permission/);
  });

  for (const scopes of [[], ['root_readwrite']]) {
    it(`B11: tells nobody to sign in for scopes of a server app (${scopes.join()})`, () => {
      for (const session of [serviceAccount, asUser]) {
        const message = adviceMessage({ action: 'askForScopes', scopes }, { status: 403 }, { session });
        assert.match(message, /administrator to authorize the app again.*Refresh Access Token/);
        assert.doesNotMatch(message, /sign in/i);
      }
    });
  }

  it('tells a person to sign in again for scopes', () => {
    const advice = { action: 'askForScopes', scopes: ['root_readwrite'] } as const;
    assert.match(adviceMessage(advice, { status: 403 }, { session: person }), /sign in again/i);
  });
});
