/** A folder with one purpose, and the folders whose files its own files may import. */
export interface Room {
  /** The folder, from the root of the repository. A file belongs to the longest name that it lies under. */
  readonly name: string;
  /** What lives there. */
  readonly sentence: string;
  /** The rooms it may import; `all` for what drives or tests everything. */
  readonly uses: readonly string[] | 'all';
  /** Must load where cdk8s, constructs and cdk8s-plus are not installed. @default false */
  readonly withoutCdk8s?: boolean;
}

/**
 * The map of the repository, from what depends on nothing to what depends on everything. `scripts/rooms.ts` holds every
 * import against it, and docs/architecture.md prints it.
 */
export const rooms: readonly Room[] = [
  {
    name: 'errors',
    sentence:
      'The root of what we throw on purpose: a code and four facts, what was given in words, the name that was most likely meant, and text that is safe to show.',
    uses: [],
    withoutCdk8s: true,
  },
  {
    name: 'core/template',
    sentence: 'Expressions over typed values, how they evaluate, and static questions about them.',
    uses: ['errors'],
    withoutCdk8s: true,
  },
  {
    name: 'core/props',
    sentence: 'Declared shapes of props, from which every refusal of a wrong prop comes.',
    uses: ['errors', 'core/template'],
    withoutCdk8s: true,
  },
  {
    name: 'core/values',
    sentence: 'Declaring values: types, schema, defaults, documentation, literal mode.',
    uses: ['core/template', 'core/props'],
    withoutCdk8s: true,
  },
  {
    name: 'imports',
    sentence:
      'Generated from the Kubernetes API and CRDs: types, and the table of kinds; never edited by hand.',
    uses: [],
    withoutCdk8s: true,
  },
  {
    name: 'core/schema',
    sentence:
      'What the API server refuses of an object: its schema, and the rules that the schema does not say.',
    uses: ['errors', 'core/template', 'imports'],
    withoutCdk8s: true,
  },
  {
    name: 'imports/crds',
    sentence: 'What `cdk8s import` makes of custom resource definitions: constructs of other projects.',
    uses: [],
  },
  {
    name: 'core/tree',
    sentence: 'Where expressions meet cdk8s: our ApiObject, HelmChart, `when`, `forEach`, stand-ins.',
    uses: ['core/template', 'core/values', 'core/props'],
  },
  {
    name: 'core/synth',
    sentence: 'From the construct tree to YAML in one linear walk; the `App` that `cdk8s synth` runs.',
    uses: ['core/template', 'core/values', 'core/props', 'core/schema', 'core/tree', 'core/helm'],
  },
  {
    name: 'core/helm',
    sentence: 'The chart printer: templates, values.yaml, schema, helpers, notes, README, archive.',
    uses: ['core/template', 'core/values'],
  },
  {
    name: 'kube',
    sentence: 'Talking to a cluster: kubeconfig, raw JSON requests, watch, exec streams, typed errors.',
    uses: ['errors', 'imports'],
    withoutCdk8s: true,
  },
  {
    name: 'deploy',
    sentence: 'From objects to a cluster: plan, diff, stages, inventory, prune guards, wait, history.',
    uses: ['errors', 'imports', 'kube'],
    withoutCdk8s: true,
  },
  {
    name: 'controller',
    sentence:
      'What an operator needs: work queue, stores, election with a fence, conditions, events, health and metrics.',
    uses: ['errors', 'imports', 'kube'],
    withoutCdk8s: true,
  },
  {
    name: 'sandbox/spec',
    sentence: "The sandbox's pod tree, and the table of API calls that the runtime makes.",
    uses: ['core/template', 'core/values', 'core/props', 'imports'],
    withoutCdk8s: true,
  },
  {
    name: 'sandbox',
    sentence: 'The sandbox runtime: claim, commands, files, cleanup.',
    uses: ['errors', 'core/template', 'core/props', 'imports', 'kube', 'sandbox/spec'],
    withoutCdk8s: true,
  },
  {
    name: 'check',
    sentence:
      'What is wrong with objects that are installed together: Pod Security, and the causes of outages.',
    uses: ['errors', 'core/template', 'core/schema'],
    withoutCdk8s: true,
  },
  {
    name: 'verify',
    sentence: 'Why what runs is not as it was meant: from the symptom to the cause, by reading alone.',
    uses: ['errors', 'imports', 'kube'],
    withoutCdk8s: true,
  },
  {
    name: 'gitops',
    sentence:
      'From a repository to clusters: Applications, the sources they follow, rendering, syncing, status, previews and a page.',
    uses: ['errors', 'imports', 'kube', 'deploy', 'controller', 'check', 'sandbox', 'core/schema'],
    withoutCdk8s: true,
  },
  {
    name: 'constructs',
    sentence: 'What users compose: SecureService and its kin.',
    uses: ['core/template', 'core/values', 'core/props', 'core/tree', 'imports', 'sandbox/spec'],
  },
  {
    name: 'harden',
    sentence: 'What an existing program lacks of SecureService, given to its objects as they render.',
    uses: ['core/template', 'core/props', 'core/schema', 'core/tree', 'check', 'constructs'],
  },
  {
    name: 'guardrails',
    sentence: 'Rules of a platform team, decided at synthesis and printed as admission policies.',
    uses: [
      'errors',
      'core/template',
      'core/props',
      'core/values',
      'core/schema',
      'core/tree',
      'imports',
      'check',
      'constructs',
    ],
  },
  {
    name: 'charts',
    sentence: 'Compositions of constructs, one folder each, with its values.',
    uses: [
      'constructs',
      'controller',
      'core/template',
      'core/values',
      'core/tree',
      'gitops',
      'imports',
      'imports/crds',
    ],
  },
  {
    name: 'apps',
    sentence: 'The entry points that `cdk8s.yaml` runs.',
    uses: ['charts', 'constructs', 'core/template', 'core/values', 'core/tree', 'core/synth', 'core/helm'],
  },
  {
    name: 'cluster',
    sentence: 'The embedded cluster: pinned tools, up, down, exec.',
    uses: ['errors'],
    withoutCdk8s: true,
  },
  {
    name: 'cli',
    sentence: 'The `drydock` command: thin, one file a subcommand.',
    uses: [
      'errors',
      'core/template',
      'core/values',
      'core/tree',
      'core/synth',
      'core/helm',
      'kube',
      'deploy',
      'sandbox/spec',
      'sandbox',
      'constructs',
      'charts',
      'apps',
      'cluster',
      'check',
      'verify',
      'gitops',
    ],
  },
  {
    name: 'workloads',
    sentence: 'The programs that the charts deploy, with their Dockerfiles; they import the built package.',
    uses: [],
  },
  {
    name: 'examples',
    sentence: 'Small programs to copy; they import the package as its users do.',
    uses: [],
  },
  {
    name: 'test/support',
    sentence: 'What tests share: the reporter, what a machine must have, the laws.',
    uses: 'all',
  },
  {
    name: 'test',
    sentence: 'Tests that need more than one room.',
    uses: 'all',
  },
  {
    name: 'bench',
    sentence: 'Benchmarks, side by side with what people use today.',
    uses: 'all',
  },
  {
    name: 'evidence',
    sentence: 'What measures again what `docs/evidence/` states, a file a page.',
    uses: 'all',
  },
  {
    name: 'scripts',
    sentence: 'What keeps the repository: checks and generators.',
    uses: 'all',
  },
];

/** Beyond its own room's row, a test that is beside its file may use these: `core/synth` for its `Testing`. */
export const testsMayAlsoUse: readonly string[] = ['test/support', 'cluster', 'core/synth'];

/** The public doors at the root of the repository: each lists names from any room and is imported by none of them. */
export const rootDoors: readonly string[] = ['index.ts'];

/** The packages that a room with `withoutCdk8s` must not load. */
export const cdk8sPackages: readonly string[] = ['cdk8s', 'constructs', 'cdk8s-plus-28', 'cdk8s-plus-34'];
