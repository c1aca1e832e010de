/** Code that is measured together, and the tests that run for it. */
export interface MutatedRoom {
  readonly name: string;
  /** Folders, without what another row covers. */
  readonly mutated: readonly string[];
  readonly except?: readonly string[];
  /** Globs of tests of the unit project. */
  readonly tests: readonly string[];
  /** Tests against the real helm, API server or supervisor, where only those know what the code means. */
  readonly laws?: readonly string[];
  readonly sample: number;
}

const SAMPLE = 300;
/** Of a part of `core`, whose parts are asked one by one, with the quick tests beside each: together more than of another room. */
const SAMPLE_OF_PART = 60;
/** Where each mutant starts helm or an API server. */
const SAMPLE_OF_LAWS = 60;

/**
 * A room runs with its own tests and those of `test/` that are about it. Tests of other rooms reach it too, but they are
 * left out: what kills a mutant should be found beside the code.
 */
export const ROOMS: readonly MutatedRoom[] = [
  { name: 'kube', mutated: ['kube'], tests: ['kube/**/*.test.ts'], sample: SAMPLE },
  {
    name: 'sandbox',
    mutated: ['sandbox'],
    // Not those of planted faults, which read the text of the code, and load it anew while a test runs: what acts only
    // while a file loads would be taken for what that test has reached.
    tests: ['sandbox/**/*.test.ts', 'test/sandbox/!(*-mutants|*.real|*.versions).test.ts'],
    // Each a few seconds. What ends stubborn trees and carries large ones takes as long as all the others together, and
    // asks the supervisor, which is Go.
    laws: [
      'sandbox/{claim/life-cycle,commands/{commands,detached},files/{files,links,watch}}.real.test.ts',
      'sandbox/{pool/warm-pool,ports/expose}.real.test.ts',
      'test/sandbox-runtime/egress.real.test.ts',
    ],
    sample: SAMPLE,
  },
  {
    name: 'core/template',
    mutated: ['core/template'],
    tests: ['core/template/*.test.ts'],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/props',
    mutated: ['core/props'],
    tests: ['core/props/*.test.ts', 'test/props/*.test.ts'],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/schema',
    mutated: ['core/schema'],
    tests: ['core/schema/**/*.test.ts', 'test/schema/*.test.ts'],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/values',
    mutated: ['core/values'],
    // Not what only the compiler is asked (`types.test.ts`).
    tests: ['core/values/!(types).test.ts', 'test/laws/{literal-mode,pattern-matcher}.test.ts'],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/helm',
    mutated: ['core/helm'],
    except: ['core/helm/print'],
    tests: [
      'core/helm/**/*.test.ts',
      'core/synth/chart-*.test.ts',
      'test/charts/{notes,text-in-files,secrets-in-files,patches}.test.ts',
    ],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/tree',
    mutated: ['core/tree'],
    tests: [
      'core/tree/*.test.ts',
      'core/synth/*.test.ts',
      'test/charts/*.test.ts',
      'test/laws/{operations,mutants}.test.ts',
    ],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/synth',
    mutated: ['core/synth'],
    tests: ['core/synth/**/*.test.ts', 'test/charts/*.test.ts', 'test/laws/{literal-mode,stock}.test.ts'],
    sample: SAMPLE_OF_PART,
  },
  {
    name: 'core/helm/print',
    mutated: ['core/helm/print'],
    tests: ['core/helm/**/*.test.ts'],
    laws: ['test/laws/{operations,regressions,spread}.real.test.ts'],
    sample: SAMPLE_OF_LAWS,
  },
  {
    name: 'deploy',
    mutated: ['deploy'],
    // Its law has fewer cases here.
    tests: ['deploy/*/*.test.ts', 'deploy/deployer.test.ts'],
    laws: ['evidence/mutants/release-law.ts'],
    sample: SAMPLE,
  },
  { name: 'controller', mutated: ['controller'], tests: ['controller/**/*.test.ts'], sample: SAMPLE },
  { name: 'verify', mutated: ['verify'], tests: ['verify/**/*.test.ts'], sample: SAMPLE },
  {
    name: 'gitops',
    mutated: ['gitops'],
    tests: ['gitops/**/*.test.ts'],
    // The real git, which needs no cluster.
    laws: ['gitops/source/git-repository.real.test.ts', 'gitops/source/hostile.real.test.ts'],
    sample: SAMPLE,
  },
  { name: 'errors', mutated: ['errors'], tests: ['errors/*.test.ts'], sample: SAMPLE },
  { name: 'cli', mutated: ['cli'], tests: ['cli/**/*.test.ts'], sample: SAMPLE },
  {
    name: 'check',
    mutated: ['check'],
    // Not our-charts.test.ts: it loads the package anew in its tests, so what acts only while a file loads would be
    // counted as run by that test alone.
    tests: ['check/**/*.test.ts', 'test/check/any-input.test.ts'],
    sample: SAMPLE,
  },
  {
    name: 'constructs',
    mutated: ['constructs'],
    except: ['constructs/sandbox-rbac/policy'],
    tests: ['constructs/**/*.test.ts', 'test/secure-service/*.test.ts'],
    sample: SAMPLE,
  },
  {
    name: 'harden',
    mutated: ['harden'],
    tests: ['harden/**/*.test.ts', 'test/harden/*.test.ts'],
    sample: SAMPLE,
  },
  {
    name: 'guardrails',
    mutated: ['guardrails'],
    tests: ['guardrails/**/*.test.ts', 'test/guardrails/*.test.ts'],
    sample: SAMPLE,
  },
  {
    name: 'constructs/sandbox-rbac/policy',
    mutated: ['constructs/sandbox-rbac/policy'],
    tests: ['constructs/sandbox-rbac/**/*.test.ts', 'test/sandbox/*.test.ts'],
    laws: ['evidence/mutants/policy-law.ts'],
    sample: SAMPLE_OF_LAWS,
  },
];

/** Rooms of docs/architecture.md without a row, and why. */
export const UNMEASURED: Readonly<Record<string, string>> = {
  imports: 'generated from the API of Kubernetes; the generator has tests of its own',
  'imports/crds': 'generated, from the resources of other projects',
  charts: 'what they install is asked of helm, an API server and clusters as a whole, in `test/`',
  apps: 'a few lines each, which `make synth` runs',
  cluster:
    'namespaces, processes and networks of this machine: its tests start clusters, which a mutant must not',
  workloads: 'a package of its own, whose tests run its programs against a real database and a browser',
  examples: 'run whole by the tests, as their readers run them',
  'test/support': 'what tests share',
  test: 'tests',
  bench: 'benchmarks, not part of the package',
  evidence: 'what measures this, not part of the package',
  scripts: 'what keeps the repository, not part of the package',
};
