import Mocha from 'mocha';
import { report } from './counts';

/** Mocha's `spec` reporter that also writes the counts for the script that started it. */
class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      report({ passed: passes, failed: failures, skipped: pending });
    });
  }
}

export = CountingReporter;
