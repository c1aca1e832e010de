import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Deployer } from '../../deploy';
import { DrydockError } from '../../errors';
import { connectAs, makeAccount } from '../../kube/testing-only/service-account';
import { configMap, deployment, onCluster } from './on-cluster';

jest.setTimeout(240_000);
const { deployerIn, kubeconfig, open } = onCluster();
type Place = Awaited<ReturnType<typeof deployerIn>>;

const object = (apiVersion: string, kind: string, name: string, more: object = {}) => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const job = (image: string) =>
  object('batch/v1', 'Job', 'migrate', {
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'm', image }] } },
    },
  });
const budget = (apiVersion: string) =>
  object(apiVersion, 'PodDisruptionBudget', 'web', {
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  });
const admission = 'admissionregistration.k8s.io/v1';
const inNamespace = (namespace: string) => ({
  matchLabels: { 'kubernetes.io/metadata.name': namespace },
});
const rules = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
};

/** A webhook that no server answers for. */
const webhook = (namespace: string) =>
  object(admission, 'ValidatingWebhookConfiguration', `down-${namespace}`, {
    webhooks: [
      {
        ...{
          name: 'down.example.com',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          timeoutSeconds: 1,
        },
        clientConfig: { url: 'https://127.0.0.1:1/', caBundle: '' },
        namespaceSelector: inNamespace(namespace),
        rules: [rules],
      },
    ],
  });

const policy = (namespace: string) => [
  object(admission, 'ValidatingAdmissionPolicy', `labels-${namespace}`, {
    spec: {
      matchConstraints: { namespaceSelector: inNamespace(namespace), resourceRules: [rules] },
      validations: [{ expression: 'has(object.data)', message: 'a ConfigMap needs data' }],
    },
  }),
  object(admission, 'ValidatingAdmissionPolicyBinding', `labels-${namespace}`, {
    spec: { policyName: `labels-${namespace}`, validationActions: ['Deny'] },
  }),
];

interface Row {
  readonly what: string;
  readonly set: (place: Place) => readonly object[];
  readonly before?: (place: Place) => Promise<unknown>;
  /** Who applies it. @default - one who may do everything */
  readonly by?: (place: Place) => Promise<Deployer>;
  readonly code: string;
  /** In what is told: the object, what was found, and what to do. */
  readonly says: readonly RegExp[];
  /** The same without the mistake, which goes well. */
  readonly twin?: (place: Place) => readonly object[];
}

const ROWS: readonly Row[] = [
  {
    what: 'a kind that no CRD brings',
    set: () => [object('example.com/v1', 'Widget', 'one')],
    code: 'OBJECT_KIND_UNKNOWN',
    says: [/Widget one/, /example\.com\/v1 Widget/, /put the CustomResourceDefinition into the set/],
  },
  {
    what: 'a version of a kind that the server no longer has',
    set: () => [budget('policy/v1beta1')],
    code: 'OBJECT_KIND_UNKNOWN',
    says: [
      /PodDisruptionBudget web/,
      /policy\/v1beta1 PodDisruptionBudget, which this server has in policy\/v1/,
    ],
    twin: () => [budget('policy/v1')],
  },
  {
    what: 'a webhook that is down',
    set: () => [configMap('a')],
    before: ({ given, namespace }) => given(webhook(namespace)),
    code: 'OBJECT_REFUSED',
    says: [/ConfigMap .*\/a/, /failed calling webhook "down\.example\.com"/, /Bring the webhook back/],
    twin: () => [object('v1', 'ServiceAccount', 'web')],
  },
  {
    what: 'what a policy denies',
    set: () => [object('v1', 'ConfigMap', 'a')],
    before: async ({ given, namespace, kubectl }) => {
      for (const one of policy(namespace)) await given(one);
      // A policy takes a moment from its creation to its effect.
      for (let denied = false; !denied; ) {
        denied = await kubectl('create', 'configmap', 'probe', '--dry-run=server').then(
          () => false,
          () => true,
        );
      }
    },
    code: 'OBJECT_REFUSED',
    says: [/ConfigMap .*\/a/, /a ConfigMap needs data/],
    twin: () => [configMap('a', { x: '1' })],
  },
  {
    what: 'a quota that is used up',
    set: () => [object('v1', 'PersistentVolumeClaim', 'data', claim('2Gi'))],
    before: async ({ given, kubectl }) => {
      await given(object('v1', 'ResourceQuota', 'small', { spec: { hard: { 'requests.storage': '1Gi' } } }));
      await kubectl('wait', 'quota/small', '--for=jsonpath={.status.hard}', '--timeout=60s');
    },
    code: 'OBJECT_REFUSED',
    says: [/PersistentVolumeClaim .*\/data/, /exceeded quota: small/],
    twin: () => [object('v1', 'PersistentVolumeClaim', 'data', claim('1Gi'))],
  },
  {
    what: 'a field that cannot be changed',
    set: () => [job('localhost/none:2')],
    before: ({ deployer }) => deployer.apply([job('localhost/none:1')]),
    code: 'FIELD_IMMUTABLE',
    says: [/Job .*\/migrate/, /spec\.template/, /--recreate Job/],
    twin: () => [job('localhost/none:1')],
  },
  {
    what: 'a field that another owns',
    set: () => [configMap('a', { x: '1' })],
    before: async ({ deployer, kubectl }) => {
      await deployer.apply([configMap('a', { x: '1' })]);
      await kubectl('patch', 'configmap', 'a', '-p', '{"data":{"x":"2"}}');
    },
    code: 'FIELD_CONFLICT',
    says: [/ConfigMap .*\/a/, /data\.x of kubectl-patch \(since 20/, /--force-conflicts/],
    twin: () => [configMap('a', { x: '2' })],
  },
  {
    what: 'an object that is there and not ours',
    set: () => [configMap('a', { x: '1' })],
    before: ({ given }) => given(configMap('a', { x: '2' })),
    code: 'OBJECT_NOT_OURS',
    says: [/ConfigMap .*\/a/, /kubectl-client-side-apply/, /--adopt/],
    twin: () => [configMap('b')],
  },
  {
    what: 'a namespace that is being deleted',
    set: ({ namespace }) => [{ ...configMap('a'), metadata: { name: 'a', namespace: `${namespace}-old` } }],
    before: async ({ given, kubectl, namespace }) => {
      const metadata = { name: `${namespace}-old`, finalizers: ['example.com/hold'] };
      await given({ apiVersion: 'v1', kind: 'Namespace', metadata });
      await kubectl('delete', 'namespace', `${namespace}-old`, '--wait=false');
    },
    code: 'NAMESPACE_TERMINATING',
    says: [/namespace deploy-\d+-old/, /being deleted/, /Wait until it is gone/],
  },
  {
    what: 'a namespace that is not there',
    set: () => [{ ...configMap('a'), metadata: { name: 'a', namespace: 'nowhere' } }],
    code: 'NAMESPACE_MISSING',
    says: [/namespace nowhere/, /kubectl create namespace nowhere/],
    twin: () => [configMap('a')],
  },
  {
    what: 'a field that the kind has not',
    set: () => [{ ...configMap('a'), dota: { x: '1' } }],
    code: 'OBJECT_REFUSED',
    says: [
      /ConfigMap .*\/a/,
      /dota: field not declared in schema, did you mean data\?/,
      /fields that the kind has/,
    ],
    twin: () => [configMap('a', { x: '1' })],
  },
  {
    what: 'a value that the kind does not take',
    set: () => [object('v1', 'Service', 'web', { spec: { ports: [{ port: 99_999 }] } })],
    code: 'OBJECT_REFUSED',
    says: [/Service .*\/web/, /spec\.ports\[0\]\.port/],
    twin: () => [object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }] } })],
  },
  {
    what: 'no right to one kind of the set',
    by: async ({ connection, namespace }) => {
      await makeAccount(connection, 'poor', RIGHTS_BUT_ONE);
      const poor = await connectAs(connection, 'poor');
      open.push(poor);
      return new Deployer({ connection: poor, release: 'shop', namespace });
    },
    set: () => [configMap('a'), deployment('web')],
    code: 'RIGHTS_MISSING',
    says: [
      /no right to create deployments\.apps in \S+; get deployments\.apps in \S+; patch deployments\.apps in \S+; expected/,
      /Grant them/,
    ],
    twin: () => [configMap('a')],
  },
  {
    what: 'an object without a name',
    set: () => [object('v1', 'ConfigMap', '')],
    code: 'OBJECT_INVALID',
    says: [/object 1 of 2/, /no name/, /Name the object/],
  },
  {
    what: 'one object twice',
    set: () => [configMap('a'), configMap('a', { x: '1' })],
    code: 'OBJECT_TWICE',
    says: [/ConfigMap .*\/a, which object 1 of 3 has too/, /Leave one of them out/],
    twin: () => [configMap('a')],
  },
];

const VERBS = ['get', 'list', 'create', 'patch', 'delete'];
const RIGHTS_BUT_ONE = [
  { apiGroups: [''], resources: ['configmaps', 'secrets', 'serviceaccounts'], verbs: VERBS },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: VERBS },
];

function claim(storage: string): object {
  return { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } };
}

const refused: object[] = [];
afterAll(() => {
  // Named by evidence/deploy.ts, which makes a page of it.
  if (process.env.DRYDOCK_FIGURES) writeFileSync(process.env.DRYDOCK_FIGURES, JSON.stringify(refused));
});

test.each(ROWS)(
  '$what is refused before anything is written',
  async ({ what, set, before, by, code, says, twin }) => {
    const place = await deployerIn();
    await before?.(place);
    const deployer = (await by?.(place)) ?? place.deployer;
    const versions = ['get', 'secret,lease,sa', '-o', 'jsonpath={.items[*].metadata.resourceVersion}'];
    const then = await place.kubectl(...versions);
    const good = object('v1', 'ServiceAccount', 'good');
    const error: unknown = await deployer.apply([...set(place), good]).catch((one: unknown) => one);
    if (!(error instanceof DrydockError)) throw new Error(`not refused: ${String(error)}`);
    expect(error.code).toBe(code);
    refused.push({ what, code, message: error.message });
    for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).toMatch(/\w/);
    for (const one of says) expect(error.message).toMatch(one);
    expect(await place.kubectl(...versions)).toBe(then);
    if (!twin) return;
    await deployer.apply([...twin(place), good], { wait: false });
    expect(await place.kubectl('get', 'sa', 'good', '-o', 'name')).toBe('serviceaccount/good\n');
  },
);

type Parts = Readonly<Record<'cluster' | 'user' | 'context', Record<string, unknown>>>;

/** A kubeconfig that says something that is not so: the one of the cluster, with one part changed. */
const LIES: ReadonlyArray<{
  readonly what: string;
  readonly change: (parts: Parts) => object;
  readonly code: string;
  readonly says: readonly RegExp[];
}> = [
  {
    what: 'a kubeconfig whose server does not answer',
    change: () => ({ cluster: { server: 'http://127.0.0.1:1' }, user: {} }),
    code: 'UNREACHABLE',
    says: [/127\.0\.0\.1:1/],
  },
  {
    what: 'a kubeconfig with the authority of another cluster',
    change: ({ cluster, user }) => ({
      cluster: { ...cluster, 'certificate-authority-data': user['client-certificate-data'] },
    }),
    code: 'CERTIFICATE_UNTRUSTED',
    says: [/certificate-authority/],
  },
  {
    what: 'a kubeconfig with another name for the server',
    change: ({ cluster }) => ({ cluster: { ...cluster, 'tls-server-name': 'other.example.com' } }),
    code: 'CERTIFICATE_UNTRUSTED',
    says: [/tls-server-name/],
  },
  {
    what: 'a kubeconfig with a token that the server does not know',
    change: () => ({ user: { token: 'not-known-to-anybody' } }),
    code: 'UNAUTHENTICATED',
    says: [/credentials/],
  },
  {
    what: 'a kubeconfig whose context names a cluster that is not in it',
    change: () => ({ context: { cluster: 'elsewhere', user: 'u' } }),
    code: 'KUBECONFIG_INVALID',
    says: [/elsewhere/],
  },
];

test.each(LIES)('$what is told as that', async ({ what, change, code, says }) => {
  const place = await deployerIn();
  const kept = parse(readFileSync(kubeconfig(), 'utf8'));
  const parts = { cluster: kept.clusters[0].cluster, user: kept.users[0].user, context: {} };
  const usual = { ...parts, context: { cluster: 'c', user: 'u', namespace: place.namespace } };
  const { cluster, user, context } = { ...usual, ...change(parts) };
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bad-input-'));
  const apply = async (config: object, deadlineMs?: number) => {
    const file = join(folder, 'config');
    writeFileSync(
      file,
      JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'c', ...config }),
    );
    const { namespace } = place;
    const deployer = new Deployer({ kubeconfig: file, release: 'shop', namespace, deadlineMs });
    try {
      return await deployer.apply([configMap('a')]);
    } finally {
      deployer.close();
    }
  };
  const configOf = (one: Parts) => ({
    clusters: [{ name: 'c', cluster: one.cluster }],
    users: [{ name: 'u', user: one.user }],
    contexts: [{ name: 'c', context: one.context }],
  });
  try {
    // What does not answer is tried again until the deadline.
    const deadlineMs = code === 'UNREACHABLE' ? 2_000 : undefined;
    const lie = configOf({ cluster, user, context });
    const error: unknown = await apply(lie, deadlineMs).catch((one: unknown) => one);
    if (!(error instanceof DrydockError)) throw new Error(`not refused: ${String(error)}`);
    expect(error.code).toBe(code);
    for (const fact of [error.where, error.found, error.expected, error.remedy]) expect(fact).toMatch(/\w/);
    for (const one of says) expect(error.message).toMatch(one);
    expect(error.message).not.toContain('not-known-to-anybody');
    refused.push({ what, code, message: error.message.replaceAll(folder, '~/.kube') });
    const made = [
      'get',
      'secret,lease,configmap',
      '--field-selector',
      'metadata.name!=kube-root-ca.crt',
      '-o',
      'name',
    ];
    expect(await place.kubectl(...made)).toBe('');
    // Each part as it is, and the same set goes well.
    expect(await apply(configOf(usual))).toMatchObject({ revision: 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
