import * as vscode from 'vscode';
import type { AppReport, Finding, Verdict } from '../../check/finding';
import { appTypeName } from '../apps/appTypes';
import { plainText } from '../messages/userMessage';
import { findingWords } from './findingWords';
import { topicWords } from './lineWords';

/** Where and when a check ran: nothing that names a person. */
export interface ReportContext {
  /** When the check ended, in ms since the epoch. */
  readonly at: number;
  /** Base URLs, as they are set. */
  readonly account: string;
  readonly api: string;
  /** The versions of what is involved, by its name. */
  readonly versions: Readonly<Record<string, string>>;
}

const SIGNS: Readonly<Record<Verdict, string>> = { ok: '✓', warning: '!', problem: '✗', unknown: '?' };

/** A report of a check in Markdown, to be read and to be pasted into a ticket. */
export function reportMarkdown(report: AppReport, context: ReportContext): string {
  const { app, findings } = report;
  const wrong = ['problem', 'warning', 'unknown'].flatMap((verdict) =>
    findings.filter((each) => each.verdict === verdict && (verdict !== 'unknown' || each.code === 'unclear')),
  );
  return [
    `# ${escaped(vscode.l10n.t('Check of {0}', plainText(app.name)))}`,
    summary(findings),
    ...wrong.map((finding) => detailed(finding, report)),
    `## ${vscode.l10n.t('All checks')}`,
    table(report),
    `## ${vscode.l10n.t('Checked')}`,
    facts(report, context),
  ]
    .join('\n\n')
    .concat('\n');
}

/** What a check found, in one sentence. */
export function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number => findings.filter((each) => each.verdict === verdict).length;
  const [problems, warnings, unknowns] = [count('problem'), count('warning'), count('unknown')];
  const isOpen = findings.some(({ topic, verdict }) => topic === 'credentials' && verdict === 'unknown');
  return `${headline(problems, isOpen)} ${vscode.l10n.t('Warnings: {0}. Can’t be checked: {1}. OK: {2}.', warnings, unknowns, count('ok'))}`;
}

function headline(problems: number, isOpen: boolean): string {
  if (problems === 1) return vscode.l10n.t('1 problem was found.');
  if (problems > 1) return vscode.l10n.t('{0} problems were found.', problems);
  return isOpen
    ? vscode.l10n.t('The app couldn’t be checked completely.')
    : vscode.l10n.t('No problem was found.');
}

function detailed(finding: Finding, { app }: AppReport): string {
  const { title, why, link } = topicWords(finding.topic);
  const { found, advice } = findingWords(finding, app);
  return [
    `## ${SIGNS[finding.verdict]} ${escaped(title)}`,
    escaped(found),
    ...(advice === undefined ? [] : [`**${vscode.l10n.t('What to do:')}** ${escaped(advice)}`]),
    `**${vscode.l10n.t('Why it matters:')}** ${escaped(why)}`,
    ...(link === undefined ? [] : [`[${vscode.l10n.t('Learn More')}](${link})`]),
  ].join('\n\n');
}

function table({ app, findings }: AppReport): string {
  const rows = findings.map((finding) => {
    const { title, link } = topicWords(finding.topic);
    const name = link === undefined ? escaped(title) : `[${escaped(title)}](${link})`;
    return `| ${SIGNS[finding.verdict]} | ${name} | ${escaped(findingWords(finding, app).found)} |`;
  });
  return [`| | ${vscode.l10n.t('Check')} | ${vscode.l10n.t('Result')} |`, '|---|---|---|', ...rows].join(
    '\n',
  );
}

function facts({ app }: AppReport, { at, account, api, versions }: ReportContext): string {
  const lines: readonly (readonly [string, string])[] = [
    [vscode.l10n.t('Time'), new Date(at).toISOString()],
    [vscode.l10n.t('Client ID'), app.clientId],
    [vscode.l10n.t('App type in the settings'), appTypeName(app.authMethod)],
    [vscode.l10n.t('Base URLs'), `${account}, ${api}`],
    ...Object.entries(versions),
  ];
  return lines.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`).join('\n');
}

/** A whole address, without what ends the sentence around it, in which nothing was escaped. */
const ADDRESS = /(?<=^|\s)https?:\/\/[^\s\\]*[^\s\\.,:;)](?=[.,:;)]*(?:\s|$))/g;

/** Text that Markdown shows as it is. Addresses are code: a preview would make links of them, or of their beginnings. */
function escaped(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*<>|[\]]/g, '\\$&')
    .replaceAll(ADDRESS, '`$&`');
}
