import './faultTexts';
import { useFaultyNetwork } from '../../support/faultyNetwork';
import { useEmulatedBox } from '../../support/emulatedBox';
import { assertHoldsNoSecret } from '../../support/secrecy';
import { assertMended, assertOutcome, assertSecondRequest, type Case } from './faultExpectations';
import { OPERATION_IDS, OPERATIONS, type OperationId } from './faultOperations';
import { PASSING_FAULTS, REFUSALS, type Cell, type FaultRow } from './faultTable';
import { FaultTrial } from './faultTrial';
import { useMachine } from '../../support/sessionWindow';

describe('Faults', () => {
  const box = useEmulatedBox();
  const network = useFaultyNetwork(() => box.origin);
  const machine = useMachine();

  const begin = async (id: OperationId, row: FaultRow, cell: Cell): Promise<Case> => {
    const trial = new FaultTrial(box, network, machine(), id);
    await trial.prepare();
    return { row, cell, trial, network };
  };

  for (const row of [...PASSING_FAULTS, ...REFUSALS]) {
    describe(row.fault, () => {
      for (const id of OPERATION_IDS) {
        const cell = row[id];
        if (cell === undefined) continue;

        it(`${OPERATIONS[id].name}: ${cell.outcome}`, async () => {
          const tested = await begin(id, row, cell);
          const { trial } = tested;
          await trial.strike(row);
          const result = await trial.run(row);
          await assertOutcome(tested, result);
          await trial.mend(row);
          await assertMended(tested);
          assertHoldsNoSecret([result.error, trial.window.log.lines], await box.control.issuedSecrets());
        });

        // After one request there is no second that could go better.
        if (cell.requests === 1) continue;

        it(`${OPERATIONS[id].name}: ${cell.spent === true ? 'finds the code spent' : 'succeeds'} when it happens once`, async () => {
          const tested = await begin(id, row, cell);
          await tested.trial.strike(row, true);
          await assertSecondRequest(tested, await tested.trial.run(row));
        });
      }
    });
  }
});
