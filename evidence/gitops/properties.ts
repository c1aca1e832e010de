/** What the law of convergence holds, on models and on real API servers. */
export const gitopsProperties: readonly string[] = [
  'once it is quiet, every cluster that is meant has what the last good commit says, and every other one nothing of it',
  'nothing of others is ever changed or deleted',
  'a commit that may not be applied, and a selector that matches nothing, take nothing away',
  'a cluster in which something is has its line in the status, at every moment and after every kill',
  'what is called synced is the whole of one commit in every cluster that is meant, and what is called healthy is synced',
  'a deletion ends once all clusters are back, and leaves nothing',
  'a commit that never becomes healthy does not hold up the next one',
];
