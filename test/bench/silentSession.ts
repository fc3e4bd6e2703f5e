import { Scene } from '../e2e/ui/scene';
import { expectRecord, recordsOf } from './consumer';
import { atMost, percentile, ratio, round, type Measurement, type Result } from './measurement';

const mostAtP99 = 1.2;
/** To a tenth: nearly all of both times is VS Code's own way to an extension. */
const mostAtMedian = 1;
const patienceMs = 60_000;
const gitHub = { extensionId: 'vscode.github-authentication', key: 'github.auth', login: 'octo.example' };

/** How long a silent `getSession` takes with a live token, beside GitHub's provider with a session in storage. */
export const silentSession: Measurement = {
  name: 'silentGetSession',
  async run() {
    const scene = await Scene.open({ secrets: 'desktop' });
    storeGitHubSession(scene);
    await scene.signIn();
    await scene.consume('Get Session', () => scene.allowConsumer());
    expectRecord(
      'session',
      await scene.consume('Get GitHub Session', () => scene.allowConsumer(gitHub.login)),
    );
    const [record] = await recordsOf(scene.bed, 'timing', {
      count: 1,
      during: () => scene.workbench.runCommand('Consumer: Time Silent Sessions'),
      timeoutMs: patienceMs,
    });
    return summarize(record?.milliseconds ?? {});
  },
};

/** As GitHub's extension stores it. What is known of the account is not asked for again, so no network is needed. */
function storeGitHubSession({ profile }: Scene): void {
  const account = { id: '1', label: gitHub.login };
  const session = { id: 'stored', scopes: ['user:email'], accessToken: 'invented-github-token', account };
  profile.desktopSecrets?.set(gitHub.extensionId, gitHub.key, JSON.stringify([session]));
}

function summarize({ box = [], github = [] }: Readonly<Record<string, readonly number[]>>): Result {
  const ratioToGitHub = {
    p50: ratio(percentile(50, box), percentile(50, github)),
    p99: ratio(percentile(99, box), percentile(99, github)),
  };
  return {
    calls: box.length,
    githubSession: 'stored',
    milliseconds: { box: percentiles(box), github: percentiles(github) },
    ratioToGitHub,
    budgets: {
      p50: atMost(mostAtMedian, Math.round(ratioToGitHub.p50 * 10) / 10),
      p99: atMost(mostAtP99, ratioToGitHub.p99),
    },
  };
}

function percentiles(values: readonly number[]): Record<'p50' | 'p99', number> {
  return { p50: round(percentile(50, values)), p99: round(percentile(99, values)) };
}
