import * as vscode from 'vscode';
import type { BoxApp } from '../../apps/app';
import type { Finding, FindingCode, FindingOf } from '../../check/finding';
import { appFindings } from './appFindings';
import { topicWords } from './lineWords';
import { placeFindings } from './placeFindings';
import { serverFindings } from './serverFindings';
import { fromServer } from '../messages/userMessage';

/** What people read of a finding. */
export interface FindingWords {
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Puts findings of some codes into words. */
export type Wording<Code extends FindingCode> = {
  readonly [Each in Code]: (facts: FindingOf<Each>['facts'], app: BoxApp) => FindingWords;
};

const WORDS: Wording<FindingCode> = {
  ...serverFindings,
  ...appFindings,
  ...placeFindings,
  unclear: ({ error }) => ({
    found:
      error.requestId === undefined
        ? vscode.l10n.t('Box’s answer was inconclusive: {0}.', fromServer(error.message))
        : vscode.l10n.t(
            'Box’s answer was inconclusive: {0}. Box request ID: {1}.',
            fromServer(error.message),
            error.requestId,
          ),
    advice: vscode.l10n.t(
      'Wait a few minutes, then check the app again. If Box gives the same answer, send this report to Box Support.',
    ),
  }),
  not_checked: ({ until }) => ({
    found: vscode.l10n.t('Not checked because it depends on this: {0}.', topicWords(until).title),
  }),
};

/** The words for what was found of an app. */
export function findingWords(finding: Finding, app: BoxApp): FindingWords {
  return worded(finding, app);
}

function worded<Code extends FindingCode>({ code, facts }: FindingOf<Code>, app: BoxApp): FindingWords {
  return WORDS[code](facts, app);
}
