import type { Row, Specification } from './row';

const STACK = 'charts/todo-stack/todo-stack.test.ts';
const RELEASE = 'test/todo-stack/life-cycle.real.test.ts';
const IMAGES = 'test/workloads/images.real.test.ts';
const JOURNEY = 'workloads/todo-frontend/on-cluster.real.test.ts';
const HELM = 'test/charts/helm-tools.real.test.ts';
/** With the real programs on a cluster; only the model is a stand-in. */
const there: Row['by'] = [JOURNEY, 'is there with all of its pods and its endpoints'];
const well: Row['by'] = [JOURNEY, 'verify has nothing to say of it'];
const used: Row['by'] = [JOURNEY, 'somebody adds, edits, ticks and deletes todos'];
const changed: Row['by'] = [JOURNEY, 'upgrade, scaling, eviction and rollback lose no request'];
const kept: Row['by'] = [JOURNEY, 'after it was uninstalled, and applied as plain manifests'];
const image: Row['by'] = [IMAGES, '%s has a user without rights, a health check and a size that is kept'];
/** With its base. */
const sizeOf = (program: string): Row['measured'] => [
  'evidence/images.md',
  new RegExp(`\\| ${program} \\| ([0-9]+ MB) \\|`),
];
const runs: Row['by'] = [IMAGES, '%s runs as its chart has it'];
const linted: Row['by'] = [HELM, 'lints the chart strictly'];
const step = (name: string): Row['measured'] => [
  'evidence/journey.md',
  new RegExp(`\\| ${name}[^|]*\\| ([\\d.]+)`),
];
const refused: Row['by'] = [RELEASE, 'without its secrets is refused in one sentence'];
const demo: Row['by'] = ['evidence/demo.ts'];
const ofTheDemo: Row['measured'] = ['evidence/demo.md', /`make demo`\*\* \| \*\*([^*]+)\*\*/];
const LEFT_OUT = 'docs/decisions/0068-left-out.md';
const OF_THE_EDITOR = 'a tool of the writers of the plan, and not of what is installed';

export const summary: Specification = {
  name: '002, implementation summary of the todo application',
  about: 'What it lists as done, and the tasks that it leaves open.',
  rows: [
    {
      says: 'Frontend image: multi-stage, uid 1000, health check, < 200 MB',
      met: 'Node in place of nginx',
      by: image,
      measured: sizeOf('todo-frontend'),
    },
    {
      says: 'Backend image: multi-stage, uid 1000, health check, < 400 MB',
      met: 'Node in place of Python',
      by: image,
      measured: sizeOf('todo-backend'),
    },
    { says: '.dockerignore', met: 'yes', by: ['workloads/.dockerignore'] },
    {
      says: 'Backend chart: ClusterIP, port 8000, 500m CPU, 512Mi',
      met: 'yes',
      by: [STACK, 'resources and image tags are those of the plan'],
    },
    {
      says: 'Frontend chart: NodePort 30000, 200m CPU, 256Mi',
      met: 'the node port in values-dev.yaml',
      by: [STACK, 'addresses lead to the Services'],
    },
    {
      says: 'Template for secrets',
      met: '`dist/secrets/todo-app.example.yaml`',
      by: ['docs/guides/todo-stack.md'],
    },
    { says: 'Manifests ready for kubectl apply', met: 'from the same program', by: kept },
    { says: 'helm lint, template, dry-run', met: 'yes', by: linted },
    {
      says: 'No hardcoded secrets',
      met: 'a chart without its secrets is refused',
      by: [RELEASE, 'without its secrets is refused in one sentence'],
    },
    {
      says: 'runAsNonRoot, no privilege escalation, capabilities dropped',
      met: 'Pod Security "restricted"',
      by: ['test/check/our-charts.test.ts', 'nothing is found in %p'],
    },
    {
      says: 'Resource limits, service accounts, readiness and liveness probes',
      met: 'in every pod',
      by: ['test/check/our-charts.test.ts', 'nothing is found in %p'],
    },
    { says: 'Architectural decisions documented', met: 'a page each', by: ['docs/decisions/README.md'] },
    {
      says: 'DEMO.md: 7 steps to a live demo, ~5 minutes; cleanup',
      met: '`make demo`, `make demo-down`',
      by: demo,
      measured: ofTheDemo,
    },
    {
      says: 'Troubleshooting guide',
      met: '`drydock verify` says the cause and what to do',
      by: ['docs/evidence/verify.md'],
    },
    { says: 'Rollback procedure', met: 'no request lost', by: changed },
    { says: 'Rolling update, termination grace period (30s)', met: 'no request lost', by: changed },
    { says: 'T017-T022: build images', met: 'by buildah, from the same Dockerfiles', by: image },
    { says: 'T017-T022: verify image sizes', met: 'yes', by: image },
    { says: 'T017-T022: smoke test health endpoints', met: 'yes', by: runs },
    {
      says: 'T042-T051: start the cluster, load images',
      met: 'the embedded cluster, images built by buildah',
      by: there,
    },
    {
      says: 'T042-T051: create secrets, deploy with Helm',
      met: 'with a PostgreSQL beside it',
      by: there,
      measured: step('install:'),
    },
    {
      says: 'T042-T051: start the cluster, deploy, in one command',
      met: '`make demo`',
      by: demo,
      measured: ofTheDemo,
    },
    { says: 'T042-T051: wait for pods Ready', met: '`helm install --wait --wait-for-jobs`', by: there },
    { says: 'T052-T060: test pod health', met: '`drydock verify`', by: well },
    { says: 'T052-T060: access frontend', met: 'in Chromium, through the node port', by: used },
    { says: 'T052-T060: create, edit and delete tasks', met: 'in Chromium', by: used },
    { says: 'T052-T060: test chatbot', met: 'with a stand-in for the model', by: used },
    { says: 'T052-T060: verify user isolation', met: 'in the list and in the chat', by: used },
    {
      says: 'T052-T060: data persistence',
      met: 'over a pod that dies, a database that is away, upgrade, rollback, and uninstall with what comes after it',
      by: kept,
    },
  ],
};

export const plan: Specification = {
  name: '003, plan of the local deployment',
  about: 'Its goals, tables, stories and checkpoints.',
  rows: [
    {
      says: 'All pods running within 5 minutes of Helm install',
      met: 'the migration done too',
      by: there,
      measured: step('install:'),
    },
    {
      says: 'Pod recovery within 60 seconds after termination',
      met: 'a backend that is killed',
      by: used,
      measured: step('a backend pod is killed'),
    },
    {
      says: 'Scaling operations complete within 2 minutes',
      met: 'all services, 1 to 3',
      by: changed,
      measured: step('scale all services'),
    },
    { says: 'Four services, 1-3 replicas', met: 'yes', by: changed },
    {
      says: 'Constraints: Minikube of 4 CPU and 8 GB',
      met: 'all tests run on 2 cores',
      by: ['docs/evidence/setup.md'],
    },
    {
      says: 'External database connectivity, validated before the deploy is done',
      met: 'the migration waits for it, and readiness asks it',
      by: ['workloads/todo-backend/migrations.real.test.ts', 'a backend that starts first is unready'],
    },
    { says: 'Stateless services', met: '1 to 3 pods of each, and any of them may go', by: changed },
    { says: 'R-001: multi-stage builds', met: 'no npm and no compiler in the last stage', by: runs },
    {
      says: 'R-002: umbrella chart with subcharts',
      met: '`todo-app`',
      by: [HELM, 'finds an umbrella in order'],
    },
    {
      says: 'R-003: ClusterIP services, found by DNS',
      met: 'yes',
      by: [STACK, 'addresses lead to the Services'],
    },
    { says: 'R-004: Secrets from values with --set', met: 'yes', by: there },
    { says: 'R-005: liveness /health, readiness /ready', met: 'a startup probe beside them', by: runs },
    { says: 'Port allocation', met: 'yes', by: [STACK, 'addresses lead to the Services'] },
    {
      says: 'Environment variables',
      met: 'and four that the table lacks (0014)',
      by: [STACK, 'each service has the variables of the table'],
    },
    {
      says: 'Image tags {version}-{git-sha}',
      met: 'the pattern of the tag',
      by: [STACK, 'resources and image tags are those of the plan'],
    },
    {
      says: 'Links of the topology',
      met: 'as the variables say; the drawing is a value',
      by: ['test/todo-stack/links.real.test.ts', 'are those that the plan needs'],
    },
    {
      says: 'scripts/ build-images, deploy, validate',
      met: '`workloads/scripts/`, with buildah as the builder, since docker does not run here',
      by: changed,
    },
    { says: 'US1: deploy all services', met: 'in one command', by: there },
    {
      says: 'US2: service communication',
      met: 'every pair tried by real connections',
      by: ['test/todo-stack/links.real.test.ts', 'are those that the plan needs'],
    },
    {
      says: 'US3: secrets management',
      met: 'one Secret, or one a service',
      by: [RELEASE, 'takes values-dev.yaml and values-prod.yaml'],
    },
    {
      says: 'US4: reproducible deployment, from a fresh machine',
      met: 'a clean clone in a clean home',
      by: ['docs/evidence/setup.md'],
    },
    {
      says: 'Secret misconfiguration: the deploy script fails fast',
      met: 'and so does the chart',
      by: refused,
    },
    { says: 'US5: pod health', met: '`drydock verify`', by: well },
    { says: 'US6: Helm scaling', met: 'yes', by: changed },
    {
      says: 'Checkpoint 1: Minikube running with sufficient resources, kubectl context',
      met: 'the embedded cluster',
      by: ['docs/evidence/cluster.md'],
    },
    {
      says: 'Checkpoint 1: Docker Desktop operational',
      open: 'no Docker runs here; buildah builds the images',
    },
    { says: 'Checkpoint 1: Helm v3+ installed', met: 'helm 4 and 3', by: linted },
    { says: 'Checkpoint 2: all 4 Docker images built successfully', met: 'and two more', by: image },
    { says: 'Checkpoint 2: images available', met: 'in the nodes of the cluster', by: there },
    { says: 'Checkpoint 2: no build errors or warnings', met: 'no errors', by: image },
    { says: 'Checkpoint 3: Chart.yaml valid', met: 'yes', by: linted },
    {
      says: 'Checkpoint 3: values.yaml contains all placeholders',
      met: 'and a schema that refuses others',
      by: [RELEASE, 'takes values-dev.yaml and values-prod.yaml'],
    },
    { says: 'Checkpoint 3: templates render without errors', met: 'yes', by: linted },
    { says: 'Checkpoint 3: `helm lint` passes', met: 'strictly', by: linted },
    { says: 'Checkpoint 4: all pods in Running state', met: 'yes', by: there },
    { says: 'Checkpoint 4: all services have endpoints', met: 'and the database', by: there },
    { says: 'Checkpoint 4: frontend accessible via NodePort', met: 'yes', by: there },
    { says: 'Checkpoint 4: backend responds to health checks', met: 'through the frontend', by: there },
    { says: 'Checkpoint 5: create todo, chatbot sees it', met: 'and adds one itself', by: used },
    { says: 'Checkpoint 5: secrets correctly injected', met: 'who is signed in is known by them', by: used },
    { says: 'Checkpoint 5: health probes passing', met: 'yes', by: there },
    {
      says: 'Checkpoint 5: kagent reports cluster healthy',
      met: '`drydock verify` in place of kagent',
      by: well,
    },
    { says: 'Gordon, kubectl-ai, kagent', open: OF_THE_EDITOR },
  ],
};

export const controller: Specification = {
  name: '004, summary of a GitOps controller',
  about:
    'It belongs to the issues on delivery; what is done of it is in docs/guides/gitops.md and docs/guides/deploy.md.',
  rows: [
    {
      says: 'Reconciliation < 5s',
      met: '`drydock apply` of a release',
      by: ['docs/evidence/deploy.md'],
    },
    { says: 'Status tracking, prune, rollback', met: '`drydock apply`', by: ['docs/guides/deploy.md'] },
    {
      says: 'Leader election, finalizers, status, health and metrics of a controller',
      met: '`cdk8s-drydock/controller`',
      by: ['test/controller/greeter.real.test.ts', 'the example brings greetings about'],
    },
    {
      says: 'Application and Cluster CRDs',
      met: 'with rules that the API server holds them to',
      by: ['gitops/api/application.real.test.ts', '%s is refused, and what is right is taken'],
    },
    {
      says: 'Manifest extraction and rendering',
      met: 'YAML and JSON, Helm charts, kustomizations, programs of cdk8s in a sandbox',
      by: ['docs/guides/gitops.md'],
    },
    {
      says: 'Jujutsu integration: changes since the last sync, manifests extracted',
      met: 'bookmarks by their Git remote, without the jj program; conflicts are refused',
      by: ['gitops/source/jj.real.test.ts', 'a change that is written anew is another commit'],
    },
    {
      says: 'Change detection < 1s',
      met: 'by what the forge tells; else by the interval',
      by: ['test/gitops/push.real.test.ts', 'a push that is told to any replica is in the cluster'],
    },
    {
      says: 'Only process changed files',
      met: 'an Application reads its folder, and only when it is another one',
      by: ['gitops/source/monorepo.real.test.ts', '1,000 Applications ask once and read their own files'],
    },
    {
      says: 'Helm chart of the controller, 2 replicas',
      met: 'yes',
      by: [
        'test/gitops/controller-chart.real.test.ts',
        'installed by helm it applies what a repository says',
      ],
    },
    {
      says: 'Policy validation with OPA',
      met: 'Rego, and admission policies by the CEL of the API server; a verdict is some 0.1 s and is remembered',
      by: ['test/gitops/commits.real.test.ts', 'Rego of those who run the controller stops a commit'],
    },
    {
      says: 'Policy validation with Kyverno',
      met: 'of what judges, by its own program; what it would pass over in silence is refused',
      by: ['gitops/policy/kyverno.real.test.ts', 'rules and CEL find what they are for'],
    },
    {
      says: 'Policy validation < 2s',
      met: 'by each engine, for 200 objects at once; the longest is that of Kyverno',
      by: ['evidence/gitops-times.ts'],
      measured: ['evidence/gitops-times.md', /Kyverno \| 200 \| ([\d.]+ s)/],
    },
    {
      says: 'Multi-cluster support: kubeconfigs from Secrets, cached clients, health checks, parallel',
      met: 'and one that is away holds up no other',
      by: ['test/gitops/clusters.real.test.ts', 'with one API server paused the other has the commit'],
    },
    {
      says: 'Multi-cluster sync < 30s',
      met: 'ten clusters, from a push until all of them have it',
      by: ['evidence/gitops-times.ts'],
      measured: ['evidence/gitops-times.md', /commits that change[^|]*\| ([\d.]+ s)/],
    },
    {
      says: 'Automatic rollback on failure',
      met: 'to what was healthy last, in each cluster for itself',
      by: ['test/gitops/sync.real.test.ts', 'a commit that does not become healthy comes back by itself'],
    },
    {
      says: 'Progressive delivery (Argo Rollouts)',
      met: 'canary and blue-green by the real controller; a canary that fails its analysis, by the real Prometheus, comes back by itself',
      by: ['test/gitops/rollouts.real.test.ts', 'a canary that fails its analysis comes back by itself'],
    },
    {
      says: 'Progressive delivery: canary, rolled back automatically on failure',
      met: 'the todo application in two clusters: a good version, a broken one that comes back by itself in both, from the push on in',
      by: ['evidence/gitops-canary.ts'],
      measured: ['evidence/gitops-canary.md', /\| 1\.2\.0 \| a broken one[^|]*\| ([\d.]+ s)/],
    },
    {
      says: 'Monitoring: SLO-based decisions',
      met: 'between waves of clusters, by the real Prometheus; no answer opens no gate',
      by: ['test/gitops/rollouts.real.test.ts', 'a gate between waves asks the real Prometheus'],
    },
    {
      says: 'Infrastructure provisioning (Crossplane)',
      leftOut: [LEFT_OUT, 'its objects are objects like others'],
    },
    {
      says: 'Validating webhook',
      leftOut: [LEFT_OUT, 'the API server refuses by the rules of the definitions, without a webhook'],
      by: ['gitops/api/application.real.test.ts', '%s is refused, and what is right is taken'],
    },
    {
      says: 'Metrics and observability',
      met: 'events, metrics, a dashboard, a line for each branch that has moved',
      by: [
        'test/gitops/controller-chart.test.ts',
        'the dashboard asks for metrics that the controller has, of this release alone',
      ],
    },
    {
      says: 'Security hardening',
      met: 'repositories, servers and programs that mean harm, each with its twin',
      by: ['docs/evidence/gitops-hostile.md'],
    },
    {
      says: 'Multi-tenancy support',
      met: 'an Application acts as an account of its namespace; there are no objects for tenants beside RBAC',
      by: [
        'test/gitops/sync.real.test.ts',
        'an Application that names an account can do what that account may, and nothing of what the controller may',
      ],
    },
    { says: 'Operator patterns (OLM)', leftOut: [LEFT_OUT, 'the chart, or the process anywhere'] },
    {
      says: 'Auto-scaling support of its chart',
      leftOut: [LEFT_OUT, 'of several pods one leads; a controller for each namespace'],
    },
    {
      says: 'Disaster recovery',
      leftOut: [LEFT_OUT, 'a new cluster gets the last good commit; volumes are for a backup'],
      by: ['gitops/sync/many-clusters.test.ts', 'one that is away is told, holds up no other'],
    },
    {
      says: 'Memory < 512MB',
      met: 'at most, with a thousand Applications of four objects; with ten clusters it is on docs/evidence/gitops-times.md',
      by: ['bench/gitops/main.ts'],
      measured: ['benchmarks.md', /\| drydock \| one repository \|.*\| (\d+ MB) \|/],
    },
    {
      says: 'Code coverage > 90%',
      met: 'of the lines of `gitops/`; it fails below that',
      by: ['evidence/coverage.ts'],
      measured: ['evidence/coverage.md', /\| all \| \d+ \| ([\d.]+ %)/],
    },
    {
      says: 'Deploy to a test cluster, validate end to end',
      met: 'yes',
      by: ['test/gitops/sync.real.test.ts', 'a commit is in the cluster, a change of it too'],
    },
  ],
};
