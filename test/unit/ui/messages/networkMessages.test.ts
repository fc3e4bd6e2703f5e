import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { UnexpectedResponseError, UnreachableError } from '../../../../src/box/errors';
import { messageFor } from '../../../../src/ui/messages/messages';
import type { UserMessage } from '../../../../src/ui/messages/userMessage';

const HOST = 'api.box.com';
const messageOf = (code: string): UserMessage => messageFor(new UnreachableError(code, HOST));
const textOf = (code: string): string => messageOf(code).text;

/** Every code that Node.js gives to a certificate that OpenSSL does not accept, and the two of its own. */
const CERTIFICATE_CODES: Readonly<Record<'trust' | 'time' | 'host', readonly string[]>> = {
  trust: [
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_CRL',
    'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'CERT_SIGNATURE_FAILURE',
    'CRL_SIGNATURE_FAILURE',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'ERROR_IN_CRL_LAST_UPDATE_FIELD',
    'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_CHAIN_TOO_LONG',
    'CERT_REVOKED',
    'INVALID_CA',
    'PATH_LENGTH_EXCEEDED',
    'INVALID_PURPOSE',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'UNSPECIFIED',
  ],
  time: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CRL_HAS_EXPIRED', 'CRL_NOT_YET_VALID'],
  host: ['HOSTNAME_MISMATCH', 'ERR_TLS_CERT_ALTNAME_INVALID'],
};

/** What each kind of cause is called, and what helps. */
const HELP: Readonly<Record<keyof typeof CERTIFICATE_CODES, RegExp>> = {
  trust: /certificate of api\.box\.com isn’t trusted.*http\.systemCertificates.*NODE_EXTRA_CA_CERTS/,
  time: /isn’t valid at this time.*Check the date and time/,
  host: /presented for api\.box\.com belongs to a different server.*Check.*http\.proxy.*base URLs/,
};

describe('unreachableMessage', () => {
  for (const kind of ['trust', 'time', 'host'] as const) {
    for (const code of CERTIFICATE_CODES[kind]) {
      it(`names ${code} and what helps (${kind})`, () => {
        const text = textOf(code);
        assert.match(text, HELP[kind]);
        assert.ok(text.includes(`(${code})`), text);
        assert.match(text, /Nothing is lost/);
        const setting = kind === 'trust' ? 'http.systemCertificates' : undefined;
        assert.equal(messageOf(code).setting, setting);
      });
    }
  }

  const secure = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED'];
  for (const code of secure) {
    it(`says that no secure connection was made (${code})`, () => {
      assert.match(
        textOf(code),
        /Couldn’t make a secure connection to api\.box\.com.*\. Check the http\.proxy setting/,
      );
      assert.ok(textOf(code).includes(`(${code})`));
    });
  }

  const network = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'OUT_OF_MEM'];
  for (const code of network) {
    it(`names ${code} and the setting for the proxy, and speaks of no certificate`, () => {
      const text = textOf(code);
      assert.match(text, /Check.*the http\.proxy setting/);
      assert.ok(text.includes(`(${code})`), text);
      assert.doesNotMatch(text, /certificate/i);
    });
  }

  it('calls the editor that is to be restarted by its own name', () => {
    assert.match(textOf('SELF_SIGNED_CERT_IN_CHAIN'), /\. Then restart Visual Studio Code\./);
  });

  it('names the setting for the proxy after a time-out, too', () => {
    assert.match(textOf('TIMEOUT'), /didn’t answer in time\. Check.*http\.proxy/);
  });

  it('says that it is the proxy that cannot be reached', () => {
    assert.match(textOf('PROXY_UNREACHABLE'), /^The proxy for api\.box\.com can’t be reached/);
    assert.match(textOf('PROXY_UNREACHABLE'), /Check the http\.proxy setting/);
    assert.equal(messageOf('PROXY_UNREACHABLE').setting, 'http.proxy');
  });
});

describe('unexpectedMessage', () => {
  it('says that a proxy demands credentials, and where they go', () => {
    const error = new UnexpectedResponseError(407, 'a proxy demands credentials');
    const { text, actions, setting } = messageFor(error);
    assert.match(text, /proxy requires a user name and password \(HTTP status 407\)/);
    assert.match(text, /Add them.*http\.proxy/);
    assert.deepEqual([actions[0], setting], ['openSetting', 'http.proxy']);
    assert.match(text, /Nothing is lost/);
  });
});
