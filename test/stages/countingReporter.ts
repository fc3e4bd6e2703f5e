import Mocha from 'mocha';
import { failure, report } from './counts';

/** Mocha's `spec` reporter that also writes the counts for the script that started it. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures: failed, pending } = this.stats;
      const failures = this.failures.map((test) => failure(test.fullTitle(), test.err?.message));
      report({ passed: passes, failed, skipped: pending, failures });
    });
  }
}

export = CountingReporter;
