/** What became of one test that ran inside the extension host. */
export interface HostTest {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  /** Why it failed. */
  readonly error?: string;
}

/** The environment variables by which the tests inside the extension host are told what they need. */
export const hostVariables = {
  /** The file into which the outcome goes, as JSON: an array of {@link HostTest}. */
  outcome: 'BOX_TEST_OUTCOME',
  /** The origin of the Box emulator that the settings name. */
  emulator: 'BOX_TEST_EMULATOR',
  /** Mocha's `--grep`, when only some tests are wanted. */
  grep: 'BOX_TEST_GREP',
} as const;
