import type { Row, Specification } from './row';

const CHARTS = 'test/sandbox/ci-fixer-charts.test.ts';
const RELEASE = 'test/sandbox/ci-fixer.real.test.ts';
const RBAC = 'test/sandbox/rbac.real.test.ts';
const CLAIM = 'test/sandbox-runtime/claim.real.test.ts';
const JOB = 'test/sandbox-runtime/job.real.test.ts';
const PROGRAM = 'test/ci-fixer/ci-fixer.real.test.ts';
/** With the real program; only the model is a stand-in. */
const works: Row['by'] = [PROGRAM, 'thirty runs at once'];
const HOSTILE = 'test/sandbox-runtime/hostile.real.test.ts';
/** Compose has no sandboxes, so the program alone is outside of the cluster. */
const compose = {
  met: '`workloads/compose.ci-fixer.yaml`, its service run by runc; docker itself cannot be had here',
  by: [PROGRAM, 'outside of the cluster it is the same program, as its compose file has it'],
} as const;
const installs: Row['by'] = [RELEASE, 'installs with helm as two charts'];
const lifeCycle: Row['by'] = [RELEASE, 'is installed, upgraded, rolled back and scaled'];
const step = (name: string): Row['measured'] => [
  'evidence/lifecycle.md',
  new RegExp(`## CI-fixer[\\s\\S]*?\\| ${name} \\| ([\\d.]+)`),
];
const rights: Row['by'] = [RBAC, 'the app may do in the sandbox namespace what the runtime does'];

export const status: Specification = {
  name: '000, implementation status of CI-fixer',
  about: 'Its components, checklist and metrics.',
  rows: [
    {
      says: 'Multi-stage Dockerfile',
      met: '`workloads/ci-fixer`, with the packed library',
      by: [
        'test/workloads/images.real.test.ts',
        '%s has a user without rights, a health check and a size that is kept',
      ],
    },
    { says: 'Docker Compose', ...compose },
    {
      says: 'KubernetesSandbox class',
      met: '`cdk8s-drydock/sandbox`',
      by: [CLAIM, 'KubernetesSandbox is one sandbox behind five verbs'],
    },
    {
      says: 'RBAC manifests',
      met: '`CiFixerAdminChart`',
      by: [RELEASE, 'installs with kubectl from plain manifests'],
    },
    {
      says: 'Deployment and Service manifest',
      met: '`CiFixerChart`, applied with the real program',
      by: [
        'test/ci-fixer/ci-fixer.real.test.ts',
        'from the plain manifests by kubectl it is the same program',
      ],
    },
    { says: 'Documentation', met: 'the guide', by: ['docs/guides/ci-fixer.md'] },
    {
      says: 'Chart structure, templates, values files',
      met: '`dist/charts/ci-fixer`, `ci-fixer-admin`',
      by: installs,
    },
    { says: 'Deploy to Minikube for validation', met: 'on the embedded cluster', by: installs },
    {
      says: 'Test Job spawning lifecycle',
      met: 'with the runtime',
      by: [JOB, 'gives the log and the exit code'],
    },
    {
      says: 'Validate resource isolation',
      met: 'attacks beside runs of others',
      by: [HOSTILE, 'the neighbour noticed nothing'],
    },
    {
      says: 'Quick start: apply, verify, port-forward, logs',
      met: 'the commands of the guide',
      by: [RELEASE, 'installs with helm as two charts, and the commands of the specification work'],
    },
    { says: 'RBAC Applied: ServiceAccounts created', met: 'yes', by: installs },
    {
      says: 'RBAC Applied: Role configured (least privilege)',
      met: 'one rule less is missed, one more is found',
      by: rights,
    },
    {
      says: 'RBAC Applied: RoleBinding created',
      met: 'after the policy is in force',
      by: [CHARTS, 'binds no account before the gate has'],
    },
    { says: 'Deployment Running: pods Running and Ready', met: 'the real program', by: works },
    {
      says: 'Deployment Running: ServiceAccount assigned',
      met: 'yes',
      by: [CHARTS, 'serves 3000 from 3001'],
    },
    {
      says: 'Job Spawning Works: Jobs can be created, commands execute',
      met: 'yes',
      by: [CLAIM, 'runs commands'],
    },
    {
      says: 'Job Spawning Works: Jobs clean up (ttlSecondsAfterFinished)',
      met: 'yes',
      by: [JOB, 'gives the log and the exit code, and leaves what is left to its time to live'],
    },
    { says: 'RBAC Verified: can create Jobs', met: 'yes', by: rights },
    {
      says: 'RBAC Verified: CANNOT delete nodes, CANNOT access cluster resources',
      met: 'every resource that discovery lists is asked',
      by: rights,
    },
    {
      says: 'Resource Limits: CPU and memory requests and limits configured',
      met: 'by the template, the quota and the policy',
      by: [
        'test/sandbox/admission.real.test.ts',
        'runs the Job of the template under Pod Security, quota and policy',
      ],
    },
    {
      says: 'Resource Limits: respected in cluster',
      met: 'memory and disk end the sandbox alone',
      by: [CLAIM, 'killed, because its memory was full'],
    },
    {
      says: 'Job spawn time < 10 seconds',
      met: 'yes',
      measured: ['benchmarks.md', /Spawn, until it takes commands \| ([\d.]+)/],
    },
    {
      says: 'Job cleanup time < 5 seconds',
      met: 'yes',
      measured: ['benchmarks.md', /Cleanup[^|]*\| ([\d.]+)/],
    },
    {
      says: 'Command execution latency < 2 seconds',
      met: 'yes',
      measured: ['benchmarks.md', /First command on a new sandbox \| ([\d.]+)/],
    },
    {
      says: 'Pod startup time < 30 seconds',
      met: 'yes',
      measured: ['benchmarks.md', /Pod start, raw \| ([\d.]+)/],
    },
    { says: 'Resource utilization within limits', met: 'ten at once, and the others wait', by: works },
    {
      says: 'Jobs can execute shell commands, read and write files',
      met: 'yes',
      by: [CLAIM, 'KubernetesSandbox is one sandbox behind five verbs'],
    },
    { says: 'Jobs cleanup after completion', met: 'yes', by: [CLAIM, 'is gone after close'] },
    {
      says: 'RBAC enforces least privilege, no cluster-wide access',
      met: 'yes',
      by: [CHARTS, 'stays in its own namespace and needs no rights in the cluster'],
    },
    { says: 'Chart install time < 30 seconds', met: 'yes', by: lifeCycle, measured: step('install') },
    {
      says: 'Chart upgrade time < 30 seconds',
      met: 'yes',
      by: lifeCycle,
      measured: step('upgrade to another image'),
    },
    { says: 'Chart rollback time < 30 seconds', met: 'yes', by: lifeCycle, measured: step('roll back') },
    { says: 'Zero-downtime upgrades', met: 'no request lost', by: lifeCycle },
    { says: 'Values file overrides work correctly', met: 'values-prod.yaml', by: installs },
    { says: 'Environment-specific configs isolated', met: 'values-prod.yaml of each chart', by: installs },
    {
      says: 'Secrets managed via K8s Secrets',
      met: '`credentials`',
      by: [CHARTS, 'carry different ones where their values differ'],
    },
    {
      says: 'Run verification: scripts/verify-k8s-deployment.ts',
      met: '`drydock verify`',
      by: ['test/verify/broken-ways.real.test.ts', 'a healthy installation gives no finding'],
    },
    {
      says: 'Test CI-fixer app in cluster',
      met: 'thirty builds at once, nine of which attack it',
      by: works,
    },
    {
      says: 'Monitoring: job spawn and fail rates, restarts, RBAC errors',
      met: '`/metrics`, `/metrics/sandboxes`, JSON logs',
      by: [PROGRAM, 'it counts what happened'],
    },
    {
      says: 'Record issues, document fixes, update evidence',
      met: 'a row for each defect',
      by: ['docs/evidence/audit.md'],
    },
    { says: 'Cloud cluster selection, registry setup', open: 'no cloud can be reached here' },
  ],
};

export const rationale: Specification = {
  name: '001, design rationale of CI-fixer',
  about: 'Its tasks and success criteria, where they are not those of 000.',
  rows: [
    {
      says: 'Works identically across Minikube, EKS and GKE',
      met: 'values for what differs; only the embedded cluster is run',
      by: ['docs/guides/ci-fixer.md'],
    },
    {
      says: 'Avoids configuration drift between environments',
      met: 'one program prints YAML and chart',
      by: ['docs/evidence/laws.md'],
    },
    {
      says: 'Controller-Lite: direct API calls from TypeScript',
      met: '`kube/`, `sandbox/`',
      by: ['test/sandbox-runtime/law.real.test.ts', 'request by request'],
    },
    { says: 'Local development via Docker Compose', ...compose },
    {
      says: 'Local development without a cluster',
      met: 'tame code in folders of the machine',
      by: ['workloads/ci-fixer/ci-fixer.test.ts', 'a failing build is fixed'],
    },
    {
      says: 'Test CI-fixer app in cluster, validate Job spawning, confirm cleanup',
      met: 'and no sandbox is left afterwards',
      by: works,
    },
    {
      says: 'Verify RBAC permissions (least privilege)',
      met: 'of the account that the program runs as',
      by: [PROGRAM, 'its account makes Jobs where its sandboxes are'],
    },
    {
      says: 'Test resource limits (CPU, memory)',
      met: 'processes, memory, disk, time and output',
      by: works,
    },
    {
      says: 'Self-healing',
      met: 'its pod is killed in the middle of runs, and none is lost',
      by: [PROGRAM, 'its pod is killed in the middle of runs'],
    },
    {
      says: 'Privacy: execution stays in the cluster',
      met: 'no way out of a sandbox',
      by: ['docs/evidence/sandbox-hostile.md'],
    },
    { says: 'Cloud-agnostic: one chart, values.yaml and values-prod.yaml', met: 'yes', by: installs },
    {
      says: 'No Operator framework',
      met: 'nothing but Jobs and the API',
      by: ['docs/decisions/0011-sandbox-runtime.md'],
    },
    { says: 'Chart.yaml, templates of deployment, service and RBAC', met: 'yes', by: installs },
    { says: 'templates/configmap.yaml, templates/secret.yaml', met: 'yes', by: installs },
    { says: 'Test deploy (`helm install ci-fixer ./chart`)', met: 'yes', by: installs },
    { says: 'Chart installs on a cloud cluster', open: 'no cloud can be reached here' },
    {
      says: 'Upgrade preserves configuration, rollback restores the version before',
      met: 'yes',
      by: lifeCycle,
    },
  ],
};
