import type { Row, Specification } from './row';

const STACK = 'charts/todo-stack/todo-stack.test.ts';
const RELEASE = 'test/todo-stack/life-cycle.real.test.ts';
const IMAGES = 'test/workloads/images.real.test.ts';
const JOURNEY = 'workloads/todo-frontend/journey.real.test.ts';
const HELM = 'test/charts/helm-tools.real.test.ts';
const VERIFY = 'test/verify/broken-ways.real.test.ts';
/** Installed, with placeholder programs. */
const there: Row['by'] = [RELEASE, 'is installed, upgraded, rolled back and scaled'];
/** Used, with the real programs on one machine. */
const used: Row['by'] = [JOURNEY, 'the chat lists todos, and what it adds shows without a reload'];
const changed = there;
const image: Row['by'] = [IMAGES, '%s has a user without rights, a health check and a size that is kept'];
const runs: Row['by'] = [IMAGES, '%s runs as its chart has it'];
const linted: Row['by'] = [HELM, 'lints the chart strictly'];
const step = (name: string): Row['measured'] => [
  'evidence/lifecycle.md',
  new RegExp(`## The todo stack[\\s\\S]*?\\| ${name} \\| ([\\d.]+)`),
];
const NOT_ON_A_CLUSTER = 'not tried with the real programs on a cluster';
const OF_THE_EDITOR = 'a tool of the writers of the plan, and not of what is installed';

export const summary: Specification = {
  name: '002, implementation summary of the todo application',
  about: 'What it lists as done, and the tasks that it leaves open.',
  rows: [
    {
      says: 'Frontend image: multi-stage, uid 1000, health check, < 200 MB',
      met: 'Node in place of nginx',
      by: image,
    },
    {
      says: 'Backend image: multi-stage, uid 1000, health check, < 400 MB',
      met: 'Node in place of Python',
      by: image,
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
    {
      says: 'Manifests ready for kubectl apply',
      met: 'from the same program',
      by: ['test/todo-stack/links.real.test.ts', 'are those that the plan needs'],
    },
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
    { says: 'Rolling update, termination grace period (30s)', met: 'with placeholder programs', by: changed },
    { says: 'T017-T022: build images', met: 'by buildah, from the same Dockerfiles', by: image },
    { says: 'T017-T022: verify image sizes', met: 'yes', by: image },
    { says: 'T017-T022: smoke test health endpoints', met: 'yes', by: runs },
    {
      says: 'T042-T051: start the cluster, load images',
      met: 'the embedded cluster, with placeholder programs',
      by: there,
    },
    {
      says: 'T042-T051: create secrets, deploy with Helm',
      met: 'with placeholder programs',
      by: there,
      measured: step('install'),
    },
    { says: 'T042-T051: wait for pods Ready', met: 'with placeholder programs', by: there },
    {
      says: 'T052-T060: test pod health',
      met: '`drydock verify`',
      by: [VERIFY, 'a healthy installation gives no finding'],
    },
    { says: 'T052-T060: access frontend', met: 'in Chromium, on one machine', by: used },
    {
      says: 'T052-T060: create, edit and delete tasks',
      met: 'create on the cluster; edit and delete on one machine',
      by: [JOURNEY, 'somebody signs up, and adds, edits, ticks'],
    },
    { says: 'T052-T060: test chatbot', met: 'with a stand-in for the model, on one machine', by: used },
    { says: 'T052-T060: verify user isolation', met: 'on one machine', by: used },
    { says: 'T052-T060: data persistence', open: NOT_ON_A_CLUSTER },
  ],
};

export const plan: Specification = {
  name: '003, plan of the local deployment',
  about: 'Its goals, tables, stories and checkpoints.',
  rows: [
    {
      says: 'All pods running within 5 minutes of Helm install',
      met: 'with placeholder programs',
      by: there,
      measured: step('install'),
    },
    {
      says: 'Pod recovery within 60 seconds after termination',
      open: NOT_ON_A_CLUSTER,
    },
    {
      says: 'Scaling operations complete within 2 minutes',
      met: 'with placeholder programs',
      by: changed,
      measured: step('scale from 1 to 3'),
    },
    { says: 'Four services, 1-3 replicas', met: 'with placeholder programs', by: changed },
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
    { says: 'R-004: Secrets from values with --set', met: 'with placeholder programs', by: there },
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
      met: '`workloads/scripts/`; not run against docker and a cluster',
      by: ['test/workloads/scripts.test.ts', 'an installation without its secrets is refused at once'],
    },
    {
      says: 'US3: secrets management',
      met: 'one Secret, or one a service',
      by: [RELEASE, 'takes values-dev.yaml and values-prod.yaml'],
    },
    { says: 'US5: pod health', met: 'with placeholder programs', by: there },
    { says: 'US6: Helm scaling', met: 'with placeholder programs', by: changed },
    {
      says: 'Checkpoint 1: Minikube, Docker Desktop, Helm, context',
      met: 'the embedded cluster and helm 4 and 3',
      by: ['docs/evidence/cluster.md'],
    },
    { says: 'Checkpoint 2: all 4 images built, no errors', met: 'yes', by: image },
    { says: 'Checkpoint 3: Chart.yaml valid, values complete, lint passes', met: 'yes', by: linted },
    { says: 'Checkpoint 4: all pods in Running state', met: 'with placeholder programs', by: there },
    {
      says: 'Checkpoint 4: all services have endpoints',
      open: NOT_ON_A_CLUSTER,
    },
    { says: 'Checkpoint 4: frontend accessible via NodePort', open: NOT_ON_A_CLUSTER },
    { says: 'Checkpoint 4: backend responds to health checks', open: NOT_ON_A_CLUSTER },
    { says: 'Checkpoint 5: create todo, chatbot sees it', met: 'on one machine', by: used },
    { says: 'Checkpoint 5: secrets correctly injected', open: NOT_ON_A_CLUSTER },
    {
      says: 'Checkpoint 5: health probes passing',
      open: NOT_ON_A_CLUSTER,
    },
    {
      says: 'Checkpoint 5: kagent reports cluster healthy',
      met: '`drydock verify` in place of kagent',
      by: [VERIFY, 'a healthy installation gives no finding'],
    },
    { says: 'Gordon, kubectl-ai, kagent', open: OF_THE_EDITOR },
  ],
};

export const controller: Specification = {
  name: '004, summary of a GitOps controller',
  about: 'It belongs to the issues on delivery; what is done of it is in docs/guides/deploy.md.',
  rows: [
    {
      says: 'Reconciliation < 5s, status tracking',
      met: '`drydock apply`, `status`',
      by: ['docs/guides/deploy.md'],
    },
    { says: 'Application and Cluster CRDs', open: 'a later issue' },
    { says: 'Policy validation < 2s', open: 'a later issue' },
    { says: 'Multi-cluster sync < 30s', open: 'a later issue' },
    { says: 'Progressive delivery, infrastructure provisioning, webhook', open: 'a later issue' },
    { says: 'Memory < 512MB, code coverage > 90%', open: 'a later issue' },
    { says: 'Deploy to a test cluster, validate end to end', open: 'a later issue' },
  ],
};
