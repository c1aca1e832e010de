/**
 * Installs ci-fixer-admin on the embedded cluster, asks the API server everything that docs/evidence/rbac.md and
 * docs/evidence/admission.md state, and writes both.
 *
 *     npx tsx evidence/sandbox.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSYBOX_IMAGE, type Cluster, type KubernetesMinor, startCluster } from '../cluster';
import { API_CALLS } from '../sandbox/spec';
import { type Attempt, deniedBy, tryLoosenings } from '../test/sandbox/admission';
import { AdminInstallation } from '../test/sandbox/installation';
import { installPolicyAlone } from '../test/sandbox/policy-alone';
import { type Account, allowed, allRequests, type Request } from '../test/sandbox/rbac';
import { tryUpdates } from '../test/sandbox/updates';

const evidence = join(__dirname, '..', 'docs', 'evidence');
const GENERATED = '<!-- Written by `npx tsx evidence/sandbox.ts`; do not edit. -->';

type Row = readonly (string | number)[];

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

async function rbacDocument(cluster: Cluster): Promise<string> {
  const installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
  const { policyNamespace, sandboxNamespace } = installation;
  await installation.createReleaseNamespace();
  await installation.apply(installation.objects);
  const places = [sandboxNamespace, policyNamespace, 'kube-system'];
  const requests = await allRequests(cluster.api, places);
  const accounts: readonly Account[] = [
    { namespace: policyNamespace, name: 'ci-fixer-app' },
    { namespace: sandboxNamespace, name: 'ci-fixer-sandbox' },
    { namespace: policyNamespace, name: 'fresh' },
  ];
  const answers = await Promise.all(accounts.map((account) => allowed(cluster, account, requests)));
  await installation.remove();

  const place = ({ namespace }: Request) =>
    namespace === sandboxNamespace
      ? 'sandbox namespace'
      : namespace === policyNamespace
        ? "the app's namespace"
        : (namespace ?? 'cluster');
  const resourceOf = ({ group, resource, subresource }: Request) =>
    `${resource}${subresource ? `/${subresource}` : ''}${group ? ` (${group})` : ''}`;
  const grouped = new Map<string, { readonly request: Request; readonly verbs: string[][] }>();
  for (const [index, list] of answers.entries()) {
    for (const request of list) {
      const key = `${resourceOf(request)} ${place(request)}`;
      const row = grouped.get(key) ?? { request, verbs: accounts.map(() => []) };
      (row.verbs[index] as string[]).push(request.verb);
      grouped.set(key, row);
    }
  }
  const rows = [...grouped.values()]
    .map(({ request, verbs }) => [
      `${resourceOf(request)}, ${place(request)}`,
      ...verbs.map((list) => [...list].sort().join(', ') || '-'),
    ])
    .sort(([left = ''], [right = '']) => (left < right ? -1 : 1));
  const asked = [...places.map((namespace) => ({ namespace })), { namespace: undefined }].map(
    ({ namespace }) => {
      const here = requests.filter((request) => request.namespace === namespace);
      const counts = answers.map((list) => list.filter((request) => request.namespace === namespace).length);
      return [place({ namespace } as Request), here.length, ...counts];
    },
  );
  return [
    '# What the accounts of CI-fixer may do',
    '',
    GENERATED,
    '',
    `Kubernetes ${await versionOf(cluster)}. Every (verb, resource, subresource) that discovery lists, and the verbs that only authorizers`,
    'know (impersonate, bind, escalate, `*`), asked by SubjectAccessReview in the sandbox namespace, in the namespace of the app, in',
    '`kube-system` and at cluster scope. `fresh` is an account that nothing was granted to. The test `test/sandbox/rbac.real.test.ts` demands',
    'that the app has exactly the table of `sandbox/spec/api-calls.ts` besides, and the sandbox nothing.',
    '',
    '## How many requests were asked, and how many are allowed',
    '',
    table(['where', 'asked', 'ci-fixer-app', 'ci-fixer-sandbox', 'fresh'], asked),
    '',
    '## Everything that is allowed',
    '',
    table(['what', 'ci-fixer-app', 'ci-fixer-sandbox', 'fresh'], rows),
    '',
    '## Why the app may do it',
    '',
    table(
      ['resource', 'verbs', 'why'],
      API_CALLS.map(({ group, resource, subresource = '', verbs, why }) => [
        resourceOf({ group, resource, subresource, verb: '' }),
        verbs.join(', '),
        why,
      ]),
    ),
    '',
    '## What it may not, of what is often asked',
    '',
    table(
      ['request', 'ci-fixer-app'],
      FORBIDDEN.map((words) => [
        words,
        answers[0]?.some((request) => `${request.verb} ${resourceOf(request)}, ${place(request)}` === words)
          ? 'ALLOWED'
          : 'refused',
      ]),
    ),
    '',
  ].join('\n');
}

const FORBIDDEN = [
  'delete nodes, cluster',
  'get secrets, cluster',
  'list namespaces, cluster',
  'create jobs (batch), kube-system',
  "create jobs (batch), the app's namespace",
  "get secrets, the app's namespace",
  'get secrets, sandbox namespace',
  'create pods, sandbox namespace',
  'patch pods, sandbox namespace',
  'patch pods/ephemeralcontainers, sandbox namespace',
  'create serviceaccounts/token, sandbox namespace',
  'patch namespaces, sandbox namespace',
  'create rolebindings (rbac.authorization.k8s.io), sandbox namespace',
  'delete validatingadmissionpolicies (admissionregistration.k8s.io), cluster',
];

/** What became of each loosening, with the policy alone and in the whole installation. */
async function admissionDocument(cluster: Cluster): Promise<string> {
  const alone = new AdminInstallation(cluster, BUSYBOX_IMAGE);
  await installPolicyAlone(alone);
  const byPolicy = await tryLoosenings(alone);
  const template = await Promise.all([alone.job(), alone.pod()].map((object) => alone.tryToCreate(object)));
  const updates = await tryUpdates(alone);
  await alone.remove();

  const whole = new AdminInstallation(cluster, BUSYBOX_IMAGE);
  await whole.createReleaseNamespace();
  await whole.apply(whole.objects);
  await whole.untilPolicyHolds();
  const byAnybody = await tryLoosenings(whole);
  await whole.remove();

  const result = (attempt: Attempt | undefined, { policyName }: AdminInstallation) =>
    attempt ? deniedBy(attempt, policyName) : '';
  const key = ({ kind, title }: Attempt, index: number) => `${kind} ${title} ${index}`;
  const rows = byPolicy.map((attempt, index): Row => {
    const other = byAnybody.find((candidate, at) => key(candidate, at) === key(attempt, index));
    return [
      attempt.kind,
      attempt.title,
      result(attempt, alone),
      result(other, whole),
      attempt.answer.message.split('denied request: ')[1] ?? attempt.answer.message,
    ];
  });
  const older = await Promise.all((['1.33', '1.36'] as const).map(onVersion));
  const updateRows = updates.map(
    ({ update: { of, title, field }, answer }): Row => [
      of,
      title,
      field ? deniedBy({ field, answer }, alone.policyName) : answer.admitted ? 'admitted' : answer.message,
      field ?? '',
    ],
  );
  return [
    '# What the admission policy admits',
    '',
    GENERATED,
    '',
    `Kubernetes ${await versionOf(cluster)}. Every attempt is a request to the real API server with \`dryRun=All\`, by the cluster's administrator, so that`,
    'no missing right is taken for a denial. "policy" means that the denial carries the name of our policy and, after it, the field.',
    '"alone" is a namespace with the policy and without Pod Security, quota and limit range; "whole" is the chart `ci-fixer-admin` as it',
    'is installed, where something else may refuse first.',
    '',
    `The Job of the template: ${template[0]?.status}. Its pod, created by hand: ${template[1]?.status}.`,
    '',
    '## How many',
    '',
    table(
      ['Kubernetes', 'kind', 'loosenings', 'denied by the policy, naming the field', 'admitted'],
      [...countRows(await versionOf(cluster), byPolicy, alone.policyName), ...older.flat()],
    ),
    '',
    '## Updates',
    '',
    'Every field that the API server lets change: of a running pod, of a running Job, and of a Job that was suspended before the policy came.',
    'The last ones of each kind are harmless and have to pass.',
    '',
    table(['of', 'change', 'result', 'field that the denial names'], updateRows),
    '',
    '## On create, one by one',
    '',
    table(['kind', 'loosening', 'alone', 'whole', 'what the policy says'], rows),
    '',
  ].join('\n');
}

async function onVersion(version: KubernetesMinor): Promise<Row[]> {
  const cluster = await startCluster({ controlPlaneOnly: true, version });
  try {
    const installation = new AdminInstallation(cluster, BUSYBOX_IMAGE);
    await installPolicyAlone(installation);
    return countRows(await versionOf(cluster), await tryLoosenings(installation), installation.policyName);
  } finally {
    await cluster.stop();
  }
}

function countRows(version: string, attempts: readonly Attempt[], policyName: string): Row[] {
  return (['Job', 'Pod'] as const).map((kind) => {
    const own = attempts.filter((attempt) => attempt.kind === kind);
    const denied = own.filter((attempt) => deniedBy(attempt, policyName) === 'policy');
    return [version, kind, own.length, denied.length, own.filter(({ answer }) => answer.admitted).length];
  });
}

async function versionOf(cluster: Cluster): Promise<string> {
  return (await cluster.api.call<{ gitVersion: string }>('GET', '/version')).gitVersion;
}

async function main(): Promise<void> {
  const cluster = await startCluster();
  try {
    writeFileSync(join(evidence, 'rbac.md'), await rbacDocument(cluster));
    writeFileSync(join(evidence, 'admission.md'), await admissionDocument(cluster));
  } finally {
    await cluster.stop();
  }
}

void main();
