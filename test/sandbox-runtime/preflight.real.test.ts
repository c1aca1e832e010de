import { sharedCluster, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import type { ResourceQuota } from '../../imports/k8s';
import type { ClaimOptions, Finding, PreflightCheck, Sandboxes } from '../../sandbox';
import { changed } from '../sandbox/change';
import { NOBODYS_IMAGE } from '../sandbox/installation';
import { RuntimeInstallation } from './runtime';

jest.setTimeout(240_000);

let installation: RuntimeInstallation;
let sandboxes: Sandboxes;
let administrator: Sandboxes;

beforeAll(async () => {
  installation = await new RuntimeInstallation(await sharedCluster()).install();
  sandboxes = installation.sandboxes();
  administrator = installation.sandboxes({ kubeconfig: installation.cluster.kubeconfig });
});
afterAll(async () => {
  await sandboxes?.close();
  await administrator?.close();
  await installation?.remove();
});

type Findings = Readonly<Record<PreflightCheck, Finding>>;

async function look(of: Sandboxes = sandboxes, options: ClaimOptions = {}): Promise<Findings> {
  const report = await of.preflight({ values: installation.run(), ...options });
  const isGood = report.findings.every(({ verdict }) => verdict !== 'bad');
  expect(report.isGood).toBe(isGood);
  for (const { verdict, found, remedy } of report.findings) {
    expect(found).not.toBe('');
    expect(remedy === '').toBe(verdict === 'good');
  }
  return Object.fromEntries(report.findings.map((finding) => [finding.check, finding])) as never;
}

/** Which checks are not good. */
function notGood(findings: Findings): Record<string, string> {
  const others = Object.values(findings).filter(({ verdict }) => verdict !== 'good');
  return Object.fromEntries(others.map(({ check, verdict }) => [check, verdict]));
}

/** The account of the runtime may not read its namespace, so this is how a good place looks to it. */
const GOOD = { 'pod-security': 'unknown' };

const kubectl = (...args: string[]) =>
  installation.cluster.kubectl([...args, '-n', installation.sandboxNamespace]);

interface Full {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly hard: object };
}

/** Authorizers hear of a change some moments later. */
async function untilMay(verb: string, resource: string, answer: 'yes' | 'no'): Promise<void> {
  const as = `--as=system:serviceaccount:${installation.policyNamespace}:ci-fixer-app`;
  await until(`${verb} ${resource}: ${answer}`, async () => {
    const args = ['auth', 'can-i', verb, resource, as, '-n', installation.sandboxNamespace];
    const { stdout } = await installation.cluster.kubectl(args, { allowFailure: true });
    return stdout.trim() === answer;
  });
}

/** Takes the objects of a kind away, and puts them back as the chart has them. */
async function without(kind: string, act: () => Promise<void>): Promise<void> {
  const objects = installation.ofKind(kind);
  expect(objects).not.toEqual([]);
  for (const { metadata } of objects) await kubectl('delete', kind, metadata.name);
  try {
    await act();
  } finally {
    await installation.apply(objects);
    await installation.untilPolicyHolds();
  }
}

test('finds a good place good, from outside and from inside of a sandbox', async () => {
  const findings = await look();
  expect(notGood(findings)).toEqual(GOOD);
  expect(Object.keys(findings)).toHaveLength(8);
  expect(findings['user-namespace'].found).toMatch(/^uid 0 is uid [1-9]\d+ on the node/);
  expect(await sandboxes.list()).toEqual([]);
});

test('says of an administrator that it may too much, and what the namespace enforces', async () => {
  const findings = await look(administrator);
  expect(notGood(findings)).toEqual({ 'rights-not-excessive': 'bad' });
  expect(findings['rights-not-excessive'].found).toContain('delete nodes everywhere');
  expect(findings['pod-security'].found).toContain('"restricted"');
});

test('says which right is missing', async () => {
  const [role] = installation.ofKind('Role') as unknown as [{ metadata: JsonObject; rules: JsonObject[] }];
  const isOf = (resource: string) => (rule: JsonObject) =>
    (rule.resources as readonly string[]).includes(resource);
  const rules = role.rules.filter((rule) => !isOf('resourcequotas')(rule));
  expect(rules).toHaveLength(role.rules.length - 1);
  try {
    await installation.apply([{ ...role, rules } as never]);
    await untilMay('list', 'resourcequotas', 'no');
    const findings = await look();
    expect(notGood(findings)).toEqual({ ...GOOD, 'rights-sufficient': 'bad', quota: 'unknown' });
    expect(findings['rights-sufficient'].found).toMatch(/^not granted: list resourcequotas in boxes-\w+$/);
  } finally {
    await installation.apply([role as never]);
    await untilMay('list', 'resourcequotas', 'yes');
  }
});

test('says which right is too much', async () => {
  await kubectl('create', 'role', 'curious', '--verb=get', '--resource=secrets');
  const account = `${installation.policyNamespace}:ci-fixer-app`;
  await kubectl('create', 'rolebinding', 'curious', '--role=curious', `--serviceaccount=${account}`);
  try {
    await untilMay('get', 'secrets', 'yes');
    const findings = await look();
    expect(notGood(findings)).toEqual({ ...GOOD, 'rights-not-excessive': 'bad' });
    expect(findings['rights-not-excessive'].found).toMatch(/^granted: get secrets in boxes-\w+$/);
  } finally {
    await kubectl('delete', 'rolebinding/curious', 'role/curious');
    await untilMay('get', 'secrets', 'no');
  }
});

test('says that no admission policy is in force', async () => {
  await without('ValidatingAdmissionPolicyBinding', async () => {
    await until('the policy to be out of force', async () => {
      // The runtime itself would not make such a Job.
      const image = 'spec.template.spec.containers[0].image';
      const job = changed(installation.job(), { [image]: 'evil.example.com/miner:1' });
      return (await installation.tryToCreate(job)).admitted;
    });
    const findings = await look();
    expect(notGood(findings)).toEqual({ ...GOOD, 'admission-policy': 'bad' });
    expect(findings['admission-policy'].found).toContain('another image');
  });
});

test('says which Pod Security level is enforced', async () => {
  const level = 'pod-security.kubernetes.io/enforce';
  const label = (value: string) =>
    installation.cluster.kubectl(['label', '--overwrite', 'ns', installation.sandboxNamespace, value]);
  try {
    await label(`${level}=baseline`);
    const findings = await look(administrator);
    expect(notGood(findings)).toEqual({ 'rights-not-excessive': 'bad', 'pod-security': 'bad' });
    expect(findings['pod-security'].found).toBe('the namespace enforces "baseline"');
  } finally {
    await label(`${level}=restricted`);
  }
});

test('says that there is no quota, or no room in it', async () => {
  await without('ResourceQuota', async () => {
    const findings = await look();
    expect(notGood(findings)).toEqual({ ...GOOD, quota: 'bad' });
    expect(findings.quota.found).toBe('no ResourceQuota in the namespace');
  });
  const first = await sandboxes.claim({ values: installation.run(), ttl: 120 });
  const [quota] = installation.ofKind('ResourceQuota') as unknown as [Full];
  const { name } = quota.metadata;
  try {
    await installation.apply([{ ...quota, spec: { hard: { ...quota.spec.hard, pods: '1' } } } as never]);
    await until('the quota to be full', async () => {
      const path = `/api/v1/namespaces/${installation.sandboxNamespace}/resourcequotas/${name}`;
      const { status } = await installation.cluster.api.call<ResourceQuota>('GET', path);
      return status?.hard?.pods === '1' && status.used?.pods === '1';
    });
    const findings = await look();
    expect(notGood(findings)).toEqual({ ...GOOD, quota: 'bad', start: 'bad' });
    expect(findings.quota.found).toContain('pods: 1 of 1');
    expect(findings.start.found).toContain('QuotaExceeded');
  } finally {
    await first.close();
    await installation.apply([quota as never]);
  }
});

test('says why no sandbox starts', async () => {
  const findings = await look(sandboxes, { values: installation.run({ image: NOBODYS_IMAGE }) });
  expect(notGood(findings)).toEqual({ ...GOOD, start: 'bad' });
  expect(findings.start.found).toContain('ImagePull');
});

test('says that nothing keeps a sandbox from the network', async () => {
  await without('NetworkPolicy', async () => {
    const whereOpen = async () => {
      const findings = await look();
      return findings['network-policy'].verdict === 'bad' ? findings : undefined;
    };
    const findings = await until('the network to be open', whereOpen, { withinMs: 60_000 });
    expect(notGood(findings)).toEqual({ ...GOOD, 'network-policy': 'bad' });
    expect(findings['network-policy'].found).toBe('a sandbox reached the API server');
  });
});

test('says that users of the sandbox are users of the node', async () => {
  // A RuntimeClass takes the place of the user namespace; this one is the ordinary runtime by another name.
  const name = `ordinary-${installation.sandboxNamespace}`;
  await installation.apply([
    { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name }, handler: 'runc' },
  ]);
  const other = new RuntimeInstallation(installation.cluster, { sandbox: { runtimeClass: name } });
  await other.install();
  const made = other.sandboxes();
  try {
    const findings = await look(made, { values: other.run() });
    expect(notGood(findings)).toEqual({ ...GOOD, 'user-namespace': 'bad' });
    expect(findings['user-namespace'].found).toBe('users in the sandbox are users of the node');
  } finally {
    await made.close();
    await other.remove();
    await installation.cluster.kubectl(['delete', 'runtimeclass', name]);
  }
});
