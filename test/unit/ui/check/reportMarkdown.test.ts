import assert from 'node:assert/strict';
import '../../support/vscodeStub';
import * as v from 'valibot';
import { appSchema } from '../../../../src/apps/app';
import {
  OAuthError,
  UnexpectedResponseError,
  UnreachableError,
  type BoxError,
} from '../../../../src/box/errors';
import { notChecked, ok, problem, unknown, warning, type Finding } from '../../../../src/check/finding';
import { reportMarkdown } from '../../../../src/ui/check/reportMarkdown';

const app = v.parse(appSchema, { name: 'My [app] | <b>', clientId: 'a'.repeat(32) });
const context = {
  at: Date.UTC(2026, 0, 15, 12),
  account: 'https://account.box.com',
  api: 'https://api.box.com',
  versions: { 'Node.js': 'v22.0.0' },
};
const report = (...findings: readonly Finding[]): string => reportMarkdown({ app, findings }, context);

describe('reportMarkdown', () => {
  it('begins with what is wrong: what was found, what to do, why it matters, and where more is', () => {
    const text = report(
      ok('clock', 'clock_right'),
      warning('ports', 'ports_none', { blocked: [{ port: 17160, systemCode: 'EACCES' }] }),
      problem('credentials', 'credentials_refused', { looksLikeClientId: true }),
      ...notChecked('credentials', 'appType'),
    );
    const headings = [...text.matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings.slice(1), [
      '✗ Client ID and client secret',
      '! Local server ports',
      'All checks',
      'Checked',
    ]);
    assert.match(text, /1 problem was found\. Warnings: 1\. Can’t be checked: 1\. OK: 1\./);
    const [, section = ''] = /## ✗ [^\n]+\n([^]*?)\n## /.exec(text) ?? [];
    assert.match(section, /doesn’t say which one is wrong/);
    assert.match(section, /\*\*What to do:\*\* Open the app/);
    assert.match(section, /\*\*Why it matters:\*\* Box gives tokens/);
    assert.match(section, /\[Learn More\]\(https:\/\/developer\.box\.com\/guides\/\S+\)/);
  });

  it('has a row for each line, with its sign', () => {
    const text = report(
      ok('clock', 'clock_right'),
      unknown('scopes', 'scopes_untold'),
      problem('authorization', 'not_authorized'),
    );
    const rows = text.split('\n').filter((line) => /^\| [✓!✗?] \|/.test(line));
    assert.deepEqual(
      rows.map((row) => row[2]),
      ['✓', '?', '✗'],
    );
    assert.match(text, new RegExp(`client ID ${app.clientId} in the Admin Console`));
  });

  it('says that nothing was found where nothing was', () => {
    assert.match(report(ok('clock', 'clock_right')), /No problem was found\./);
  });

  it('says of an inconclusive answer what to do, and not that there is no problem', () => {
    const error = new OAuthError('strange', undefined, 400);
    const text = report(unknown('credentials', 'unclear', { error }));
    assert.doesNotMatch(text, /No problem was found/);
    assert.match(text, /couldn’t be checked completely/);
    assert.match(text, /## \? Client ID and client secret\n\n[^]*\*\*What to do:\*\* Wait/);
  });

  it('names what keeps a token from being requested', () => {
    const error = new UnreachableError('SELF_SIGNED_CERT_IN_CHAIN', 'api.box.com');
    const text = report(problem('apiServer', 'token_failed', { error }));
    assert.match(text, /couldn’t be requested\. The certificate of api\.box\.com isn’t trusted/);
  });

  it('renders nothing of names and of what a server says', () => {
    const said = new OAuthError('strange', 'see [here](https://evil.example) <img src=x> a | b', 400);
    const text = report(unknown('credentials', 'unclear', { error: said }));
    assert.match(text, /^# Check of My 'app' \\\| \\<b\\>$/m);
    assert.doesNotMatch(text, /[^\\]<img|\]\(https:\/\/evil/);
    assert.match(text, /a \\\| b/);
  });

  it('names the cause of a server that is not reached, and the proxy', () => {
    const error = new UnreachableError('ENOTFOUND', 'api.box.com');
    const text = report(
      problem('apiServer', 'server_failed', { host: 'api.box.com', error, proxy: 'proxy:8080' }),
    );
    assert.match(text, /api\.box\.com wasn’t found \(ENOTFOUND\)/);
    assert.match(text, /through the proxy proxy:8080/);
  });

  it('tells what to look at in a proxy, by what it does', () => {
    const through = (error: BoxError): string =>
      report(problem('apiServer', 'server_failed', { host: 'api.box.com', error, proxy: 'proxy:8080' }));
    assert.match(
      through(new UnreachableError('PROXY_UNREACHABLE', 'api.box.com')),
      /Check that it’s running/,
    );
    assert.match(
      through(new UnexpectedResponseError(407, 'credentials')),
      /Check the user name and password/,
    );
    assert.match(through(new UnreachableError('ECONNRESET', 'api.box.com')), /Check that it allows them/);
  });

  it('tells of error 107 where only a sign-in shows whether the company allows the app', () => {
    assert.match(report(unknown('authorization', 'authorization_of_users')), /error 107/);
  });

  it('shows addresses whole, and no links that a preview would make of them', () => {
    const uri = 'http://127.0.0.1:17160/callback';
    const refused = report(problem('redirectUri', 'redirect_uri_refused', { uri, isFirst: true }));
    assert.ok(refused.includes(`\`${uri}\` isn’t registered`));
    const untold = report(unknown('redirectUri', 'redirect_uri_untold', { uri }));
    assert.ok(untold.includes(`\`${uri}\`: until`));
    const error = new UnexpectedResponseError(407, 'credentials');
    const proxy = report(
      problem('apiServer', 'server_failed', { host: 'api.box.com', error, proxy: undefined }),
    );
    assert.match(proxy, /as in `http:\/\/name:password@host:port`, then/);
  });
});
