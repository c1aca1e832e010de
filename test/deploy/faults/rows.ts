import type { Planted } from '../../laws/fresh-modules';
import { mutants } from '../mutants';
import type { FamilyName } from './families';

/** A kind of fault, and a deployer that is broken on purpose, which the same look at the cluster has to convict of it. */
export interface Row {
  readonly family: FamilyName;
  /** What goes wrong, as a sentence. */
  readonly fault: string;
  /** How often in the tests, and where it is measured again. */
  readonly cases: readonly [test: number, evidence: number];
  readonly broken: Planted;
}

function planted(title: string): Planted {
  const found = mutants.find((one) => one.title === title);
  if (found) return found;
  throw new Error(`no mutant "${title}"`);
}

const notesLater = planted('the inventory is written only after the objects');
const forgetsEarly = planted('the new inventory replaces the old one before the pruning');

/** No mutant of the law on the model, where only one run is at work. */
const doesNotWait: Planted = {
  title: 'a lock that another holds is taken',
  file: 'deploy/inventory/lock.ts',
  from: 'if (by !== undefined) return { by };',
  to: '',
};

const believesAbsence: Planted = {
  title: 'what no watch has told is taken for gone',
  file: 'deploy/health/observer.ts',
  from: 'return isOld ? this.#api.get(one.resource, one.ref) : told;',
  to: 'return told;',
};

export const ROWS: readonly Row[] = [
  {
    family: 'killed',
    fault: 'the run ends at a call, which the server has or has not heard',
    cases: [20, 80],
    broken: notesLater,
  },
  {
    family: 'processKilled',
    fault: 'SIGKILL to the process, as its call is on the way',
    cases: [1, 6],
    broken: notesLater,
  },
  {
    family: 'answerLost',
    fault: 'the server acts, and the connection is cut in the middle of its answer',
    cases: [3, 20],
    broken: notesLater,
  },
  {
    family: 'silent',
    fault: 'the server acts, and nothing comes back, without a word',
    cases: [1, 3],
    broken: notesLater,
  },
  {
    family: 'answeredBadly',
    fault: '409, 422, 429 or 500 to a call, which the server has or has not done',
    cases: [6, 32],
    broken: planted('what was asked to be deleted counts as gone, also when it failed'),
  },
  {
    family: 'watchExpired',
    fault: 'the watch by which it is waited is gone, refused or cut, once or each time',
    cases: [4, 20],
    broken: believesAbsence,
  },
  {
    family: 'serverPaused',
    fault: 'the API server stands still, and hears calls after their caller has given up',
    cases: [1, 3],
    broken: forgetsEarly,
  },
  {
    family: 'serverRestarted',
    fault: 'the API server is killed and started again',
    cases: [1, 2],
    broken: notesLater,
  },
  {
    family: 'othersAtWork',
    fault: 'somebody else makes, changes or replaces an object in the middle of a run',
    cases: [8, 30],
    broken: planted('the label is not looked at before a deletion'),
  },
  {
    family: 'twoAtOnce',
    fault: 'a second run with another set begins in the middle of the first',
    cases: [2, 10],
    broken: doesNotWait,
  },
  {
    family: 'asleep',
    fault: 'the process is paused at a call, another run takes over and ends, and the call comes then',
    cases: [12, 24],
    broken: planted('what a paused run was about to make is forgotten by the one that took over'),
  },
];
