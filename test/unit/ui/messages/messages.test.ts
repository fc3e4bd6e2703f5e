import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AppsNotSavedError } from '../../../../src/apps/appList';
import { SettingError, type AppField, type SettingProblem } from '../../../../src/apps/settings';
import {
  ApiRefusedError,
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
} from '../../../../src/box/errors';
import { errorText } from '../../../../src/common/errorText';
import {
  ExchangeRefusedError,
  ScopesRefusedError,
  SessionError,
  type SessionErrorCode,
} from '../../../../src/sessions/errors';
import { SignInError, type SignInErrorCode } from '../../../../src/signIn/errors';
import { TerminalError, type TerminalErrorCode } from '../../../../src/terminal/errors';
import { anyText, SAME_VALUES } from '../../support/property';
import { messageFor } from '../../../../src/ui/messages/messages';
import type { MessageAction, UserMessage } from '../../../../src/ui/messages/userMessage';
import type { SessionRecord } from '../../../../src/sessions/store/sessionRecord';

const APP = 'Example App';
/** A clause that begins by telling somebody to do something. */
const NEXT_STEP =
  /(?:[.:;,]| and| or) (?:add|ask|check|choose|connect|copy|correct|create|enable|enter|fix|follow|generate|register|report|run|select|send|sign in|try again|turn on)\b/i;

const SESSION: SessionRecord = {
  id: 'session1',
  origins: { account: 'https://account.box.com', api: 'https://api.box.com' },
  clientId: 'client1',
  appName: APP,
  user: { id: '3141592653', login: 'dana.rivera@example.com', name: 'Dana Rivera' },
  account: { id: '3141592653', label: 'dana.rivera@example.com' },
  scopes: [],
  signedInAt: 0,
  pair: null,
};

/** Asserts what holds for every message: a whole sentence, nothing left open, and something to do. */
const assertWellFormed = ({ text, actions, setting }: UserMessage): void => {
  assert.match(text, /^[\p{L}\d].{20,}[.]$/u);
  assert.doesNotMatch(text, /\{\d\}|undefined|null|NaN|\[object/);
  assert.ok(actions.length > 0, 'an action');
  assert.equal(actions.includes('openSetting'), setting !== undefined);
};

const assertHelpful = (message: UserMessage): void => {
  assertWellFormed(message);
  assert.match(message.text, NEXT_STEP);
};

describe('messageFor', () => {
  for (const name of ['constructor', 'valueOf', 'hasOwnProperty', '__proto__', 'toString']) {
    it(`takes the code ${name} from outside for one that it does not know`, () => {
      assertHelpful(messageFor(new OAuthError(name, undefined, 400), APP));
      assertHelpful(messageFor(new ApiRefusedError(403, name), APP));
    });
  }

  it('says that the app is of the wrong type, by either of the codes that Box uses for it', () => {
    for (const code of ['invalid_request', 'unauthorized_client']) {
      const error = new OAuthError(code, 'The grant type is unauthorized for this client_id', 400);
      assert.match(messageFor(error, APP).text, /User Authentication/);
    }
  });

  it('reads every 401 of the API as a token that is not accepted', () => {
    for (const code of [undefined, 'unauthorized', 'invalid_token']) {
      const { text, actions } = messageFor(new ApiRefusedError(401, code), APP);
      assert.match(text, /no longer accepts the token/);
      assert.ok(actions.includes('signIn'));
    }
  });

  it('tells a missing permission of the user from a missing scope of the app', () => {
    const { text } = messageFor(new ApiRefusedError(403, 'access_denied_insufficient_permissions'), APP);
    assert.match(text, /permission/);
  });

  describe('what Box answered at the redirect URI', () => {
    const cases: [string, RegExp, MessageAction?][] = [
      ['access_denied', /denied/, 'signIn'],
      ['invalid_request', /client ID.*redirect URI/, 'configureApp'],
      ['unsupported_response_type', /accountBaseUrl setting/, 'openSetting'],
      ['unauthorized_device', /device/],
      ['temporarily_unavailable', /Try again in a minute/],
      ['server_error', /Try again in a minute/],
      ['invalid_scope', /scopes/],
      ['redirect_uri_mismatch', /redirect URI/, 'configureApp'],
      ['redirect_uri_missing', /./],
      ['insecure_redirect_uri', /./],
      ['invalid_redirect_uri', /./],
      ['internal_server_error', /./],
      ['a_code_of_the_future', /a_code_of_the_future/, 'showLog'],
    ];
    for (const [code, meaning, action] of cases) {
      it(`explains ${code}`, () => {
        const message = messageFor(new OAuthError(code, 'Some words of Box'), APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        if (action !== undefined) assert.ok(message.actions.includes(action), action);
        assertHelpful(messageFor(new OAuthError(code), APP));
      });
    }
  });

  it('B2: takes the server error 107 after access was granted for a company that lists its apps', () => {
    const { text, actions } = messageFor(new OAuthError('server_error', '107'), APP);
    assert.match(
      text,
      /107.*allows only listed apps.*Ask your Box administrator to add Example App.*try again/,
    );
    assert.deepEqual(actions, ['copyAdminMessage', 'signIn', 'showLog']);
    assert.match(messageFor(new OAuthError('server_error', '107', 500), APP).text, /busy/);
    assert.match(messageFor(new OAuthError('server_error', '1070'), APP).text, /busy/);
  });

  it('B13: says that a mismatch may be an app of another type, too', () => {
    const { text } = messageFor(new OAuthError('redirect_uri_mismatch', undefined, 400), APP);
    assert.match(text, /Register it.*User Authentication \(OAuth 2\.0\)/);
  });

  it('B1: names what an app needs to act as a user, when Box refuses that', () => {
    const error = new OAuthError(
      'unauthorized_client',
      'The "box_subject_type" value is unauthorized for this client_id',
      400,
    );
    error.serverCredential = 'clientCredentials';
    error.subjectType = 'user';
    const { text } = messageFor(error, APP);
    assert.match(
      text,
      /“user”.*App \+ Enterprise Access and Generate User Access Tokens.*authorize the app again/,
    );
  });

  describe('a token exchange that Box refused', () => {
    const file = { kind: 'file', id: '12', resource: 'https://api.box.com/2.0/files/12' } as const;
    const link = { kind: 'sharedLink', url: 'https://example.box.com/s/abcdefg' } as const;
    const refusal = new OAuthError('invalid_resource', 'The target resource is invalid.', 400, 'abc123');

    it('B3: names the account and the resource, and whom to share it with', () => {
      const { text } = messageFor(new ExchangeRefusedError('resource', file, SESSION, refusal));
      assert.match(text, /^The file 12 .*dana\.rivera@example\.com.*Check the address, or share the item/);
      assert.match(text, /Box request ID: abc123\.$/);
    });

    it('B3: keeps a shared link to itself, in the message and in the log', () => {
      const error = new ExchangeRefusedError('resource', link, SESSION, refusal);
      assert.match(messageFor(error).text, /^The shared link can’t be used/);
      assert.doesNotMatch(`${messageFor(error).text} ${errorText(error)}`, /abcdefg/);
    });

    it('B4: speaks of the token, the scopes and the resource, and of no code or redirect URI', () => {
      for (const reason of ['request', 'resource'] as const) {
        const { text } = messageFor(new ExchangeRefusedError(reason, undefined, SESSION, refusal));
        assert.match(text, /Check the scopes and the resource, run Box: Refresh Access Token/);
        assert.doesNotMatch(text, /redirect|code|30 seconds/);
      }
    });

    it('B4: speaks of the tokens and the type of an app that may exchange none', () => {
      const { text } = messageFor(new ExchangeRefusedError('app_type', file, SESSION, refusal));
      assert.match(text, /downscoped or annotator tokens\. Check the type of the app/);
      assert.doesNotMatch(text, /sign users in|User Authentication|key pair/);
    });

    it('B11: does not ask to sign in with an app that asks for its tokens as itself', () => {
      const session: SessionRecord = { ...SESSION, subject: { type: 'enterprise', id: '1' } };
      const { text } = messageFor(new ScopesRefusedError(['item_upload'], session, refusal));
      assert.match(text, /item_upload.*administrator to authorize the app again.*Refresh Access Token/);
      assert.doesNotMatch(text, /sign in/i);
    });
  });

  describe('what Box answered to an app that asks as itself', () => {
    const cases: ['clientCredentials' | 'jwt', string, string, RegExp][] = [
      [
        'clientCredentials',
        'invalid_grant',
        'Grant credentials are invalid',
        /App \+ Enterprise Access.*authorize the app again.*enterprise ID.*type of the app/,
      ],
      [
        'clientCredentials',
        'unauthorized_client',
        'The "box_subject_type" value is unauthorized for this client_id',
        /“enterprise”.*App \+ Enterprise Access.*administrator to authorize.*type of the app/,
      ],
      ['clientCredentials', 'unauthorized_client', 'This app is not authorized', /administrator.*client ID/],
      ['clientCredentials', 'invalid_client', 'The client credentials are invalid', /client secret/],
      ['clientCredentials', 'invalid_request', 'Invalid box_subject_id', /enterprise or user ID/],
      [
        'clientCredentials',
        'invalid_request',
        'Cannot obtain user token based on the enterprise configuration for your app',
        /isn’t allowed to act as users/,
      ],
      [
        'clientCredentials',
        'unauthorized_client',
        'The grant type is unauthorized for this client_id',
        /Client Credentials Grant/,
      ],
      [
        'jwt',
        'invalid_client',
        'The client credentials are invalid',
        /new key pair.*choose its config\.json/,
      ],
      ['jwt', 'invalid_request', 'The grant type is unauthorized for this client_id', /\(JWT\)/],
      ['jwt', 'invalid_grant', "Please check the 'sub' claim.", /enterprise or user ID/],
      ['jwt', 'invalid_grant', "Please check the 'exp' claim.", /clock/],
      ['jwt', 'invalid_grant', '"kid" invalid, unable to lookup correct key', /new key pair/],
      ['jwt', 'invalid_grant', 'Signature verification error.', /new key pair/],
    ];
    for (const [credential, code, description, meaning] of cases) {
      it(`explains ${code} (${description}) with ${credential}, and speaks of no Box page`, () => {
        const error = new OAuthError(code, description, 400);
        error.serverCredential = credential;
        const message = messageFor(error, APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        assert.doesNotMatch(message.text, /Box page|redirect URI|30 seconds/);
        const isAboutFile = message.text.endsWith('choose its config.json.');
        assert.equal(message.actions.includes('chooseConfigFile'), isAboutFile);
        if (credential === 'jwt') assert.ok(!message.actions.includes('enterClientSecret'));
      });
    }
  });

  describe('what Box answered at the token endpoint', () => {
    const cases: [string, string, number, RegExp, MessageAction?][] = [
      ['invalid_request', 'Invalid grant_type parameter or parameter missing', 400, /Developer Console/],
      [
        'invalid_request',
        'The grant type is unauthorized for this client_id',
        400,
        /Platform App with User Authentication/,
        'configureApp',
      ],
      ['invalid_client', 'The client credentials are invalid', 400, /client secret/, 'enterClientSecret'],
      ['invalid_client', 'The client credentials are not valid', 400, /client secret/, 'enterClientSecret'],
      [
        'unauthorized_client',
        'This app is not authorized by the enterprise admin',
        400,
        /administrator.*client ID/,
      ],
      ['invalid_grant', 'The authorization code has expired', 400, /30 seconds/, 'signIn'],
      ['invalid_grant', "Auth code doesn't exist or is invalid for the client", 400, /once/, 'signIn'],
      ['access_denied', '', 403, /administrator/],
      ['password_reset_required', '', 400, /password/, 'signIn'],
      ['terms_of_service_required', '', 400, /terms of service/, 'signIn'],
      ['no_credit_card_trial_ended', '', 400, /trial/],
      ['temporarily_unavailable', '', 429, /busy/],
      ['service_blocked', '', 400, /blocked/],
      ['unauthorized_device', '', 400, /device/],
      ['grace_period_expired', '', 403, /grace period/],
      ['access_from_location_blocked', '', 403, /network/],
      ['error_access_from_ip_not_allowed', '', 403, /network/],
      ['unauthorized', '', 401, /deactivated/],
    ];
    for (const [code, description, status, meaning, action] of cases) {
      it(`explains ${code}${description === '' ? '' : ` (${description})`}`, () => {
        const text = description === '' ? undefined : description;
        const message = messageFor(new OAuthError(code, text, status), APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        assert.ok(!message.text.includes(code), 'in words, not by its code');
        if (action !== undefined) assert.ok(message.actions.includes(action), action);
      });
    }

    it('tells a denial by the person from a refusal by the server', () => {
      const denied = messageFor(new OAuthError('access_denied'), APP);
      const refused = messageFor(new OAuthError('access_denied', undefined, 403), APP);
      assert.notEqual(denied.text, refused.text);
    });
  });

  describe('what Box’s API refused', () => {
    const cases: [number, string | undefined, RegExp, MessageAction?][] = [
      [401, 'invalid_token', /Sign in again/, 'signIn'],
      [403, 'insufficient_scope', /scope/, 'signIn'],
      [403, 'access_denied_insufficient_permissions', /./],
      [403, 'access_from_location_blocked', /network/],
      [403, 'forbidden_by_policy', /policy/],
      [403, 'user_email_confirmation_required', /email/],
      [403, 'cors_origin_not_whitelisted', /./],
      [403, 'forbidden', /./],
      [400, 'terms_of_service_required', /terms of service/],
      [400, 'password_reset_required', /password/],
      [404, 'not_found', /404/],
      [403, undefined, /403/],
    ];
    for (const [status, code, meaning, action] of cases) {
      it(`explains ${status} ${code ?? 'without a code'}`, () => {
        const message = messageFor(new ApiRefusedError(status, code), APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        if (action !== undefined) assert.ok(message.actions.includes(action), action);
      });
    }
  });

  describe('no answer', () => {
    const cases: [string, RegExp][] = [
      ['ENOTFOUND', /wasn’t found/],
      ['EAI_AGAIN', /wasn’t found/],
      ['ECONNREFUSED', /can’t be reached/],
      ['ECONNRESET', /can’t be reached/],
      ['ERR_STREAM_PREMATURE_CLOSE', /can’t be reached/],
      ['UNKNOWN', /can’t be reached/],
      ['TIMEOUT', /in time/],
      ['SELF_SIGNED_CERT_IN_CHAIN', /certificate/],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', /certificate/],
      ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate/],
      ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /certificate/],
      ['CERT_HAS_EXPIRED', /certificate/],
      ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/],
    ];
    for (const [code, meaning] of cases) {
      it(`explains ${code}, and names the host`, () => {
        const message = messageFor(new UnreachableError(code, 'api.box.com'), APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        assert.match(message.text, /api\.box\.com/);
      });
    }
  });

  describe('an answer that is none', () => {
    const cases: [number, number | undefined, RegExp][] = [
      [409, undefined, /in a minute/],
      [429, undefined, /in a minute/],
      [429, 4200, /is limiting requests.*in less than a minute/],
      [429, 90_000, /in 2 minutes/],
      [409, 90_000, /in a minute/],
      [500, undefined, /in a minute/],
      [502, undefined, /in a minute/],
      [503, 60_000, /is limiting requests.*in 1 minute/],
      [503, 86_400_000, /in 24 hours/],
      [302, undefined, /base URL/],
      [200, undefined, /proxy/],
      [407, undefined, /proxy/],
    ];
    for (const [status, retryAfterMs, meaning] of cases) {
      it(`explains ${status}${retryAfterMs === undefined ? '' : ' with retry-after'}, and calms`, () => {
        const error = new UnexpectedResponseError(status, 'problem', undefined, retryAfterMs);
        const message = messageFor(error, APP);
        assertHelpful(message);
        assert.match(message.text, meaning);
        assert.match(message.text, /Nothing is lost/);
      });
    }
  });

  describe('what ended on this side', () => {
    const signIns: [SignInErrorCode, RegExp, MessageAction][] = [
      ['cancelled', /sign-in was canceled/, 'signIn'],
      ['timed_out', /five minutes.*compare the redirect URI/, 'configureApp'],
      ['other_account', /paste the whole address/, 'signIn'],
      ['no_port', /localServerPorts is empty.*Add a port.*or use another sign-in method/, 'openSetting'],
    ];
    for (const [code, meaning, action] of signIns) {
      it(`explains a sign-in that ended: ${code}`, () => {
        const message = messageFor(new SignInError(code), APP);
        assertWellFormed(message);
        assert.match(message.text, meaning);
        assert.ok(message.actions.includes(action), action);
      });
    }

    it('names the ports that cannot be used', () => {
      const { text, setting } = messageFor(new SignInError('no_port', { ports: [17160, 24160] }), APP);
      assert.match(text, /\(17160, 24160\)\. Free one, register another at Box/);
      assert.equal(setting, 'box-authentication.localServerPorts');
    });

    const sessions: [SessionErrorCode, RegExp, MessageAction][] = [
      ['signed_out', /dana\.rivera@example\.com.*signed out/, 'signIn'],
      ['ended', /dana\.rivera@example\.com.*60 days.*Sign in again/, 'signIn'],
      ['client_secret_missing', /client secret of Example App.*Enter it/, 'enterClientSecret'],
      ['private_key_missing', /private key of Example App.*Choose its config\.json/, 'chooseConfigFile'],
      [
        'no_enterprise',
        /enterprise ID of Example App is 0.*no service account.*enter the ID of a user/,
        'configureApp',
      ],
      ['no_refresh_token', /refresh token.*Example App.*User Authentication.*Check/, 'configureApp'],
    ];
    const terminals: [TerminalErrorCode, RegExp, MessageAction][] = [
      ['unknown_terminal', /reloaded.*Open a new terminal/, 'openTerminal'],
      ['unreadable_question', /another version.*Open a new terminal/, 'openTerminal'],
      ['untrusted_workspace', /untrusted workspace.*Trust the workspace/, 'manageTrust'],
      ['signed_out', /Nobody.*Run Box: Sign In/, 'signIn'],
      ['unknown_account', /sam@example\.com isn’t signed in.*Sign In/, 'signIn'],
      ['no_session', /granted sam@example\.com\. Check/, 'signIn'],
      ['denied', /denied.*sam@example\.com.*Ask Again for Terminals/, 'showAccount'],
      ['unanswered', /sam@example\.com and got no answer.*Try again/, 'showAccount'],
      ['other_machine', /different machine.*Install/, 'showExtension'],
      ['no_server', /socket: sam@example\.com\. See the log/, 'showLog'],
    ];
    for (const [code, meaning, action] of terminals) {
      it(`explains to a terminal why it gets no token: ${code}`, () => {
        const message = messageFor(new TerminalError(code, 'sam@example.com'));
        assertWellFormed(message);
        assert.match(message.text, meaning);
        assert.ok(message.actions.includes(action), action);
      });
    }

    for (const [code, meaning, action] of sessions) {
      it(`explains a session that cannot be used: ${code}`, () => {
        const message = messageFor(new SessionError(code, APP, SESSION));
        assertWellFormed(message);
        assert.match(message.text, meaning);
        assert.ok(message.actions.includes(action), action);
      });
    }

    const settings: [SettingProblem, string | undefined][] = [
      ['not_a_url', 'api.box.com'],
      ['insecure', 'http://api.box.com'],
      ['has_credentials', 'https://dana@api.box.com'],
      ['has_query', 'https://api.box.com/?a'],
      ['wrong_value', '17'],
    ];
    for (const [problem, value] of settings) {
      it(`explains a setting that cannot be used: ${problem}`, () => {
        const setting = 'box-authentication.apps';
        const message = messageFor(new SettingError(setting, problem, value));
        assertWellFormed(message);
        assert.match(message.text, /Nothing was sent/);
        assert.ok(message.text.includes(setting), 'names the setting');
        assert.deepEqual([message.actions, message.setting], [['openSetting'], setting]);
      });
    }

    const entries: [SettingProblem, string | undefined, AppField | undefined, RegExp][] = [
      ['no_client_id', undefined, undefined, /no usable client ID/],
      ['duplicate_app', 'client1', undefined, /same client ID, client1.*Remove one/],
      ['wrong_value', undefined, undefined, /isn’t a Box app/],
      [
        'wrong_value',
        '"ccg"',
        'authMethod',
        /“authMethod” must be one of "oauth2", "clientCredentials", "jwt"\. It’s "ccg"\./,
      ],
      ['wrong_value', '""', 'enterpriseId', /“enterpriseId” must be a number, as Box shows it\. It’s ""\./],
      ['wrong_value', undefined, 'scopes', /“scopes” must be a list such as/],
    ];
    for (const [problem, value, field, meaning] of entries) {
      it(`P3: explains an entry that cannot be used: ${problem} ${field ?? ''}`, () => {
        const setting = 'box-authentication.apps';
        const message = messageFor(new SettingError(setting, problem, value, { number: 3, field }));
        assertWellFormed(message);
        assert.match(message.text, meaning);
        assert.match(message.text, /entry 3.*isn’t used until it’s fixed/);
        assert.deepEqual([message.actions, message.setting], [['openSetting'], setting]);
      });
    }

    it('P4: explains settings that cannot be written, and opens them', () => {
      const message = messageFor(new AppsNotSavedError(new Error('Unable to write')));
      assertWellFormed(message);
      assert.match(message.text, /can’t be written.*unchanged.*try again\.$/);
      assert.deepEqual(message.actions, ['openSettingsFile']);
    });

    it('P4: doubles no full stop of an error that nobody foresaw', () => {
      const { text } = messageFor(new Error('Unable to write. Please try again.'));
      assert.match(text, /Please try again\. Check the log, then try again/);
    });

    it('shows no password of an address', () => {
      const value = 'https://dana:a-password@api.box.com';
      const error = new SettingError('box-authentication.apiBaseUrl', 'has_credentials', value);
      assert.doesNotMatch(messageFor(error).text, /a-password/);
    });
  });

  for (const error of [new Error('spilled milk'), 'spilled milk', { toString: () => 'spilled milk' }]) {
    it(`explains an error that nobody foresaw (${typeof error})`, () => {
      const message = messageFor(error);
      assertHelpful(message);
      assert.match(message.text, /spilled milk/);
      assert.deepEqual(message.actions, ['showLog']);
    });
  }

  describe('Box’s request id', () => {
    const id = '0a1b2c3d4e5f6g7h8i9j0k1l2m';
    const errors = [
      new OAuthError('invalid_client', undefined, 400, id),
      new OAuthError('a_code_of_the_future', 'Some words of Box', 400, id),
      new UnexpectedResponseError(502, 'problem', id),
      new ApiRefusedError(403, 'insufficient_scope', id),
    ];
    for (const error of errors) {
      it(`is shown with ${error.message}`, () => {
        const message = messageFor(error, APP);
        assert.ok(message.text.includes(id));
        assertHelpful(message);
      });
    }

    it('is not spoken of where there is none', () => {
      assert.doesNotMatch(messageFor(new OAuthError('invalid_client'), APP).text, /request ID/i);
    });
  });

  describe('text of others', () => {
    const ACCESS_TOKEN = '1!aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3hI5jK7';
    const CODE = 'K4hhJ2bL8c0dE6fG9iJ1kL3mN5oP7qR9';
    const REFRESH_TOKEN = `${CODE}${CODE}`;
    const hostile = [
      '[sign in here](command:workbench.action.quit)',
      '[x](https://evil.example "title")',
      '![x](https://evil.example/x.png)',
      '\u0000\u0007\u001b[31mred\r\n\tnext',
      '\u202Efdp.exe\u200B\u2066',
      'word '.repeat(2000),
      '('.repeat(10_000),
    ];

    /** Every way in which a text that is not ours gets into a message. */
    const ways: [string, (text: string) => unknown, string?][] = [
      ['a description', (text) => new OAuthError('a_code_of_the_future', text, 400)],
      ['an error code', (text) => new OAuthError(text)],
      ['an error code with a description', (text) => new OAuthError(text, text, 400)],
      ['an API code', (text) => new ApiRefusedError(403, text)],
      ['an unforeseen error', (text) => new Error(text)],
      ['a host', (text) => new UnreachableError('ECONNREFUSED', text)],
      ['a problem', (text) => new UnexpectedResponseError(200, text)],
      ['a setting', (text) => new SettingError('box-authentication.apiBaseUrl', 'not_a_url', text)],
      ['an app name', (text) => new SessionError('client_secret_missing', text)],
      [
        'an account',
        (text) => new SessionError('ended', APP, { ...SESSION, account: { id: '1', label: text } }),
      ],
    ];

    const assertHarmless = (text: string): void => {
      assert.doesNotMatch(text, /[[\]]/, 'no link');
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u, 'no control character');
      assert.ok(text.length < 1000, `${text.length} characters`);
    };

    for (const [name, errorWith] of ways) {
      it(`is made harmless in ${name}`, () => {
        for (const text of hostile) assertHarmless(messageFor(errorWith(text), APP).text);
      });
    }

    it('is made harmless in the name of the app that was used', () => {
      for (const text of hostile) assertHarmless(messageFor(new OAuthError('invalid_client'), text).text);
    });

    for (const [name, errorWith] of ways.slice(0, 5)) {
      it(`never repeats a token or a code in ${name}`, () => {
        for (const secret of [ACCESS_TOKEN, CODE, REFRESH_TOKEN]) {
          for (const text of [secret, `token "${secret}".`, `refresh_token=${secret}&x`, `(${secret})`]) {
            const message = messageFor(errorWith(text), APP);
            assert.ok(!message.text.includes(secret), message.text);
            assert.ok(!message.text.includes(secret.slice(0, 20)), message.text);
          }
        }
      });
    }

    it('is made harmless whatever it is', () => {
      fc.assert(
        fc.property(anyText, anyText, (code, description) => {
          assertHarmless(messageFor(new OAuthError(code, description, 400), code).text);
          assertHarmless(messageFor(new Error(description)).text);
        }),
        { ...SAME_VALUES, numRuns: 50 },
      );
    });

    it('stays readable when it is harmless', () => {
      const message = messageFor(new OAuthError('odd_error', 'Please check the "sub" claim.', 400));
      assert.match(message.text, /odd_error.*Please check the "sub" claim/);
    });
  });
});
