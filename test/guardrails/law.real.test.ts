import { randomBytes } from 'node:crypto';
import { Chart } from 'cdk8s';
import fc from 'fast-check';
import { type Cluster, sharedCluster, until } from '../../cluster';
import { Testing } from '../../core/synth';
import { type Guardrail, GuardrailPolicy } from '../../guardrails';
import { brokenBy } from '../../guardrails/broken';
import { lawObject } from './law-objects';
import { LAW_RULES, MUTANTS, type Mutant } from './law-rules';

jest.setTimeout(600_000);

/** `DRYDOCK_GUARDRAIL_RUNS=2000` for the long run. */
const OBJECTS = Number(process.env.DRYDOCK_GUARDRAIL_RUNS ?? 160);
const RUN = randomBytes(3).toString('hex');
const PATHS: Readonly<Record<string, string>> = {
  Pod: 'api/v1/namespaces/NS/pods',
  Deployment: 'apis/apps/v1/namespaces/NS/deployments',
  CronJob: 'apis/batch/v1/namespaces/NS/cronjobs',
  Service: 'api/v1/namespaces/NS/services',
  ConfigMap: 'api/v1/namespaces/NS/configmaps',
};

// biome-ignore lint/suspicious/noExplicitAny: objects as Kubernetes has them
type Any = any;

/** A rule in a namespace of its own, as it is printed, or with one mistake in it. */
interface Installed {
  readonly rule: Guardrail;
  readonly mutant?: Mutant;
  readonly namespace: string;
}

/** The mutants first: the server takes up policies in the order in which they come, and a rule in force says so of those before. */
const installed: Installed[] = [
  ...MUTANTS.map((mutant, index) => ({
    rule: LAW_RULES.find(({ id }) => id === mutant.rule) as Guardrail,
    mutant,
    namespace: `mutant-${RUN}-${index}`,
  })),
  ...LAW_RULES.map((rule, index) => ({ rule, namespace: `law-${RUN}-${index}` })),
];
const FREE = `law-${RUN}-free`;

let cluster: Cluster;
let objects: readonly Any[];

beforeAll(async () => {
  cluster = await sharedCluster();
  for (const name of [FREE, ...installed.map(({ namespace }) => namespace)])
    await sent('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (const one of installed)
    for (const object of policyOf(one))
      await sent('POST', `/apis/admissionregistration.k8s.io/v1/${PLURAL[object.kind]}`, object);
  for (const { namespace } of [{ namespace: FREE }, ...installed])
    await until(`the account of ${namespace}`, async () => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      return (await cluster.api.send('GET', path)).status === 200;
    });
  objects = await admissible(fc.sample(lawObject, { numRuns: OBJECTS, seed: 47 }));
  for (const one of installed) await untilInForce(one);
});

afterAll(async () => {
  if (!cluster) return;
  for (const { namespace } of installed)
    for (const plural of Object.values(PLURAL))
      await cluster.api.send('DELETE', `/apis/admissionregistration.k8s.io/v1/${plural}/${namespace}`);
  for (const name of [FREE, ...installed.map(({ namespace }) => namespace)])
    await cluster.api.send('DELETE', `/api/v1/namespaces/${name}`);
});

const PLURAL: Readonly<Record<string, string>> = {
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
};

/** The policy of one rule, bound to one namespace. */
function policyOf({ rule, mutant, namespace }: Installed): Any[] {
  const chart = new Chart(Testing.app(), 'law');
  new GuardrailPolicy(chart, 'policy', {
    name: namespace,
    rules: [rule],
    actions: ['Deny'],
    exemptNamespaces: [],
  });
  const [policy, binding] = JSON.parse(JSON.stringify(Testing.synth(chart))) as Any[];
  binding.spec.matchResources = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  };
  if (mutant) {
    const [validation] = policy.spec.validations;
    const { expression } = validation;
    validation.expression = expression.replaceAll(mutant.from, mutant.to);
    if (validation.expression === expression) throw new Error(`${mutant.from} is not in ${expression}`);
  }
  return [policy, binding];
}

async function sent(method: 'POST', path: string, body: Any): Promise<void> {
  const { status, body: answer } = await cluster.api.send(method, path, { body });
  if (status !== 201) throw new Error(`${path} answered ${status}: ${JSON.stringify(answer)}`);
}

/** Those that a server without the rules takes. */
async function admissible(all: readonly Any[]): Promise<Any[]> {
  const taken: Any[] = [];
  for (const object of all) if ((await ask(object, FREE)).isAdmitted) taken.push(object);
  return taken;
}

async function ask(object: Any, namespace: string): Promise<{ isAdmitted: boolean; message: string }> {
  const path = PATHS[object.kind]?.replace('NS', namespace);
  const { status, body } = await cluster.api.send('POST', `/${path}?dryRun=All`, { body: object });
  const { message = '' } = (body ?? {}) as { readonly message?: string };
  if (status === 201) return { isAdmitted: true, message };
  if (status === 403 || status === 422) return { isAdmitted: false, message };
  throw new Error(`the API server answered ${status}: ${message}`);
}

/** As many as the server answers at once without making them wait for each other. */
const AT_ONCE = 16;

/** What is made of each object, some of them at a time; ends where `isEnough` says so. */
async function overObjects<T>(
  each: (object: Any) => Promise<T>,
  isEnough = (_: readonly T[]) => false,
): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < objects.length && !isEnough(results); at += AT_ONCE)
    results.push(...(await Promise.all(objects.slice(at, at + AT_ONCE).map(each))));
  return results;
}

const isKept = (rule: Guardrail, object: Any) => brokenBy(object, rule).length === 0;

/** A policy is enforced some moments after it was written: until something is denied, or as long as others took. */
async function untilInForce({ rule, mutant, namespace }: Installed): Promise<void> {
  if (mutant) return;
  const breaking = objects.find((object) => !isKept(rule, object));
  if (!breaking) throw new Error(`no object of the corpus breaks ${rule.id}`);
  await until(`the rule ${rule.id} to be in force`, async () => !(await ask(breaking, namespace)).isAdmitted);
}

test('each rule is decided alike at the desk and by the API server, in both ways', async () => {
  const wrong: string[] = [];
  for (const { rule, namespace } of installed.filter(({ mutant }) => !mutant)) {
    const decided = { true: 0, false: 0 };
    const answers = await overObjects((object) => ask(object, namespace));
    for (const [index, { isAdmitted, message }] of answers.entries()) {
      const object = objects[index];
      const ours = isKept(rule, object);
      decided[`${ours}`]++;
      const isSaid = isAdmitted || message.includes(`${rule.id}: `);
      if (isAdmitted !== ours || !isSaid)
        wrong.push(`${rule.id}: ${ours} here, ${message || 'admitted'}: ${JSON.stringify(object)}`);
    }
    expect({ rule: rule.id, decided }).toEqual({
      rule: rule.id,
      decided: { true: expect.any(Number), false: expect.any(Number) },
    });
    expect(Math.min(decided.true, decided.false)).toBeGreaterThan(0);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(objects.length).toBeGreaterThan(OBJECTS / 2);
});

test('a mistake in what is printed is seen', async () => {
  const unseen: Mutant[] = [];
  for (const { rule, mutant, namespace } of installed) {
    if (!mutant) continue;
    const seen = await overObjects(
      async (object) => (await ask(object, namespace)).isAdmitted !== isKept(rule, object),
      (before) => before.includes(true),
    );
    if (!seen.includes(true)) unseen.push(mutant);
  }
  expect(unseen).toEqual([]);
});
