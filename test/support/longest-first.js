// The order of test files: those named here first, the rest as jest has it (by size in a clean clone, where it has
// measured nothing). A long file that begins late runs alone at the end, and the other workers have nothing to do.
// Each whole run says at its end which files took longest; longest-first.test.ts wants every file here to exist.
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

const root = join(__dirname, '..', '..');
const longest = [
  // Builds the images that the journey on a cluster then finds.
  'test/workloads/images.real.test.ts',
  'test/gitops/controller-chart.real.test.ts',
  'test/package/consumers.real.test.ts',
  'test/todo-stack/life-cycle.real.test.ts',
  'workloads/todo-frontend/on-cluster.real.test.ts',
  'test/ci-fixer/ci-fixer.real.test.ts',
  'test/migration/migration.real.test.ts',
  'test/sandbox/ci-fixer.real.test.ts',
  'test/sandbox-runtime/hostile.real.test.ts',
  'test/secure-service/no-lost-request.real.test.ts',
  'test/gitops/sync.real.test.ts',
  'test/laws/text-forms.real.test.ts',
  'test/laws/stock.real.test.ts',
  'test/sandbox-runtime/claim.real.test.ts',
  'test/package/sandbox-door.real.test.ts',
  'test/sandbox/race.real.test.ts',
  'cli/cdk8s-cli.real.test.ts',
  'sandbox/supervisor/input-memory.real.test.ts',
  'test/package/cluster-example.real.test.ts',
  'test/todo-stack/links.real.test.ts',
  'test/guides/programs.real.test.ts',
  'test/laws/umbrella.real.test.ts',
  'test/charts/install.real.test.ts',
  'test/sandbox-runtime/preflight.real.test.ts',
  'test/charts/secrets.real.test.ts',
  'test/sandbox-runtime/cleanup.real.test.ts',
  'cluster/start.real.test.ts',
  'test/sandbox-runtime/cli.real.test.ts',
  'kube/stream/streams.real.test.ts',
  'test/workload-family/family.real.test.ts',
  'test/sandbox-runtime/job.real.test.ts',
  'test/sandbox/admission.real.test.ts',
  'cli/verify.real.test.ts',
  'test/secure-service/in-container.real.test.ts',
  'test/charts/life-cycle.real.test.ts',
  'test/check/pod-security.real.test.ts',
  'deploy/release-law.test.ts',
  'test/deploy/release-law-mutants.test.ts',
  'sandbox/commands/unfinished.test.ts',
].map((file) => join(root, file));

/** Those named above in that order, then the others as they were. */
function longestFirst(tests) {
  const place = ({ path }) => {
    const index = longest.indexOf(path);
    return index === -1 ? longest.length : index;
  };
  return [...tests].sort((one, other) => place(one) - place(other));
}

module.exports = class extends Sequencer {
  sort(tests) {
    return longestFirst(super.sort(tests));
  }
};
Object.assign(module.exports, { longest, longestFirst });
