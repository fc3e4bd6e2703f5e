import '../../support/vscodeStub';
import assert from 'node:assert/strict';
import { TOKEN_FORMATS, type TokenFormat } from '../../../../src/ui/tokens/tokenFormats';
import { copiedAs, tokenFormatItems } from '../../../../src/ui/tokens/tokenFormatPicker';

const UNTIL = '14:32 (57 minutes)';

/** What each format is called in the list, and after copying. */
const NAMES: Readonly<Record<TokenFormat, readonly [label: RegExp, detail: RegExp, message: RegExp]>> = {
  header: [/^Authorization header$/, /Authorization: Bearer/, /^Authorization header copied\./],
  curl: [/^cURL command$/, /terminal command.*whose token/, /^cURL command copied\./],
  powershell: [/^PowerShell command$/, /Invoke-RestMethod/, /^PowerShell command copied\./],
  dotenv: [/^\.env line$/, /BOX_ACCESS_TOKEN/, /^\.env line copied\./],
  http: [/^\.http request$/, /REST Client.*JetBrains/, /^\.http request copied\./],
  postman: [
    /^Postman environment$/,
    /Box’s collection.*no client secret or refresh token/,
    /^Postman environment copied\./,
  ],
};

describe('tokenFormatItems', () => {
  it('offers each format once, in their order', () => {
    assert.deepEqual(
      tokenFormatItems().map(({ format }) => format),
      [...TOKEN_FORMATS],
    );
  });

  for (const { format, label, detail } of tokenFormatItems()) {
    it(`says what ${format} is and what it is for`, () => {
      const [wantedLabel, wantedDetail] = NAMES[format];
      assert.match(label, wantedLabel);
      assert.match(detail ?? '', wantedDetail);
      // VS Code cuts a longer line off.
      assert.ok((detail ?? '').length < 100, detail);
    });
  }
});

describe('copiedAs', () => {
  for (const format of TOKEN_FORMATS) {
    it(`says of ${format}, first of all, what was copied and until when it works`, () => {
      const text = copiedAs(format, UNTIL);
      assert.match(text, NAMES[format][2]);
      assert.ok(text.includes(` copied. It works until ${UNTIL}.`), text);
      assert.match(text, /\.$/);
      assert.doesNotMatch(text, /\{\d\}|undefined/);
    });
  }

  it('says of Postman alone what to do with it, which variables are empty, and why', () => {
    const text = copiedAs('postman', UNTIL);
    assert.match(text, /In Postman, select Import/);
    assert.match(text, /client_secret and refresh_token are empty: .*refresh token.*end your session/);
    for (const format of TOKEN_FORMATS.filter((other) => other !== 'postman')) {
      assert.doesNotMatch(copiedAs(format, UNTIL), /Postman|empty/);
    }
  });
});
