import fc from 'fast-check';
import { type Cluster, sharedCluster, until } from '../../cluster';
import { letsRunInCel } from '../../constructs/sandbox-rbac/policy/images';
import { letsRun } from '../../core/template';
import { defineValues, definitionOf, problemsIn, value } from '../../core/values';
import { refuseRun } from '../../sandbox/spec/refuse-run';

jest.setTimeout(120_000);

const NAME = 'drydock-corpus-of-images';

/** Pieces of references, of prefixes, and of what looks like them. */
const pieces = fc.constantFrom(
  'reg.example.com',
  'reg.example.com:5000',
  'evil.net',
  'ci',
  'cigar',
  'a__b',
  'a--b',
  'x',
  '..',
  '',
  'A',
  ' ',
);
const ends = fc.constantFrom(
  ':1',
  ':latest',
  `@sha256:${'0'.repeat(64)}`,
  `:1@sha256:${'a'.repeat(64)}`,
  '',
  '/*',
  '*',
  ':*',
  '@*',
  ',x:1',
  '.evil.net/x:1',
  '/x:1',
  '/ci/x:1',
  '\n',
);
const odd = fc
  .tuple(fc.array(pieces, { minLength: 1, maxLength: 3 }), fc.constantFrom('/', '.', '-', ''), ends)
  .map(([parts, between, end]) => `${parts.join(between)}${end}`);
const tidy = fc
  .tuple(
    fc.constantFrom('reg.example.com', 'reg.example.com:5000', 'a__b', 'ci'),
    fc.constantFrom('', '/ci', '/cigar', '/ci/a--b'),
    fc.constantFrom(':1', '/*', `/x@sha256:${'0'.repeat(64)}`, '/x:1'),
  )
  .map((parts) => parts.join(''));
const texts = fc.oneof(odd, tidy);

/** Images that lie at, below and beside an entry, as well as any. */
const pairs = texts.chain((entry) => {
  const path = entry.replace(/\*$/, '');
  const near = [
    entry,
    `${path}x:1`,
    `${path}ci/x:1`,
    `${path}:1`,
    path,
    `${path.replace(/\/$/, '')}.evil.net/x:1`,
  ];
  return fc.tuple(
    fc.array(texts, { maxLength: 2 }).map((more) => [entry, ...more]),
    fc.oneof(fc.constantFrom(...near), texts),
  );
});

const values = defineValues({
  images: value.list(value.allowedImage({ doc: 'Image' }), { default: ['x:1'], doc: 'Images' }),
  image: value.image({ default: 'x:1', doc: 'Image' }),
});

/** The same policy expression that SandboxRbac prints, on ConfigMaps, where a pair costs one request. */
async function installCorpusPolicy(cluster: Cluster): Promise<void> {
  const metadata = { name: NAME };
  const objects = [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
          ],
        },
        matchConditions: [{ name: 'corpus', expression: `object.metadata.name == '${NAME}'` }],
        validations: [{ expression: letsRunInCel('object.data.image', 'object.data.list') }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: NAME, validationActions: ['Deny'] },
    },
  ];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await cluster.kubectl(['apply', '-f', '-'], { input });
  await until('the policy of the corpus to be in force', async () => !(await admits(cluster, 'x:1', 'y:1')));
}

async function admits(cluster: Cluster, list: string, image: string): Promise<boolean> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME }, data: { list, image } };
  const path = '/api/v1/namespaces/default/configmaps?dryRun=All';
  const { status, body: answer } = await cluster.api.send('POST', path, {
    body,
    contentType: 'application/json',
  });
  if (status === 201) return true;
  expect(answer).toMatchObject({ message: expect.stringContaining(NAME) });
  return false;
}

function runtimeAdmits(list: string, image: string): boolean {
  const job = { metadata: { labels: {} }, spec: { template: { spec: { containers: [{ image }] } } } };
  try {
    refuseRun(job, { images: list, labels: '' });
    return true;
  } catch {
    return false;
  }
}

describe('which images may run', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await sharedCluster();
    await installCorpusPolicy(cluster);
  });

  afterAll(async () => {
    const kinds = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
    await cluster?.kubectl(['delete', kinds, NAME, '--ignore-not-found']);
  });

  test('is decided alike by the policy on an API server, by the runtime, and by the values of a chart', async () => {
    const corpus = fc.sample(pairs, { numRuns: 600, seed: 23 });
    const seen = { admitted: 0, refused: 0 };
    for (const [entries, image] of corpus) {
      const list = entries.join(',');
      const byPolicy = await admits(cluster, list, image);
      expect({ list, image, admits: runtimeAdmits(list, image) }).toEqual({ list, image, admits: byPolicy });
      seen[byPolicy ? 'admitted' : 'refused']++;
      // What the values take as a list admits what it says, and what they refuse admits nothing by itself.
      const [entry] = entries as [string];
      const isTaken = problemsIn(definitionOf(values), { images: [entry], image }).length === 0;
      if (!isTaken && !entry.includes(',')) expect(letsRun([entry], image)).toBe(false);
      if (letsRun([entry], image)) expect(isTaken).toBe(true);
    }
    expect(Math.min(seen.admitted, seen.refused)).toBeGreaterThan(50);
  });
});
