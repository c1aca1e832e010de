import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '../../cluster';
import { tool } from '../../cluster/tools/tool';
import { pageTests } from './page';
import { previewTests } from './preview';
import { configMaps, gitopsWorld } from './world';

jest.setTimeout(600_000);

/**
 * Commits that nobody has meant, and programs that render, against the running controller: what is bad is told with where it
 * is and what to do, changes and deletes nothing, and the next good commit heals it.
 */

const world = gitopsWorld();
let policies: string;
const path = process.env.PATH;
beforeAll(async () => {
  policies = mkdtempSync(join(tmpdir(), 'drydock-policies-'));
  // One that asks for nothing: without any there is no verdict.
  writeFileSync(join(policies, 'main.rego'), 'package team\n');
  const helm = dirname(await tool('helm-4'));
  world.startController({ programs: [helm, dirname(await tool('opa'))], policies, page: true });
  // The command line of a preview runs in this process.
  process.env.PATH = `${helm}:${path}`;
});
afterAll(() => {
  process.env.PATH = path;
});
afterAll(() => rmSync(policies, { recursive: true, force: true }));

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const all = (x: string) => Object.fromEntries(NAMES.map((name) => [name, x]));
const good = (x: string) => ({ 'app/a.yaml': configMaps(all(x)) });
const map = (name: string, kind = 'ConfigMap') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\ndata: { x: bad }\n`;

interface BadCommit {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  /** All of it is in the message. */
  readonly told: readonly string[];
  readonly isForced?: boolean;
}

const BAD: readonly BadCommit[] = [
  {
    what: 'broken YAML',
    files: { ...good('bad'), 'app/deep/b.yaml': `${map('f')}spec:\n  - x\n y: [\n` },
    told: ['RENDER_FAILED at deep/b.yaml', 'line 7', 'Mend the file and push again'],
  },
  {
    what: 'half of an object',
    files: { ...good('bad'), 'app/b.yaml': `${map('f')}---\nkind: ConfigMap\n` },
    told: ['OBJECT_INVALID at b.yaml document 2', 'no apiVersion', 'Write both'],
  },
  {
    what: 'an object that is there twice',
    files: { ...good('bad'), 'app/b.yaml': map('c') },
    told: ['OBJECT_TWICE at b.yaml', 'a.yaml document 3 has too', 'Leave one of them out'],
  },
  {
    what: 'a kind that the cluster does not have',
    files: { ...good('bad'), 'app/b.yaml': map('f', 'ConfigMop') },
    told: ['OBJECT_KIND_UNKNOWN at b.yaml', 'did you mean ConfigMap?', 'Correct apiVersion and kind'],
  },
  {
    what: 'a folder without manifests',
    files: { 'app/read.me': 'all is gone' },
    told: ['SET_EMPTY', 'Look why there are none', 'delete the Application'],
  },
  {
    what: 'most objects left out',
    files: { 'app/a.yaml': configMaps({ a: 'bad' }) },
    told: ['PRUNE_TOO_MANY', '4 of 5 objects', '`spec.sync.allowPrune`'],
  },
  {
    what: 'a folder that was moved',
    files: { 'moved/a.yaml': configMaps(all('bad')) },
    told: ['PATH_MISSING', 'no folder "app"', 'Correct `spec.source.path`, or push the folder'],
  },
  {
    what: 'a force-push to another history, which is broken',
    files: { 'app/a.yaml': 'a: [' },
    told: ['RENDER_FAILED at a.yaml', 'line 1', 'Mend the file and push again'],
    isForced: true,
  },
];

test('each bad commit is told, changes nothing, and is healed by the next good one', async () => {
  const app = await world.follow(good('0'));
  await app.healthyAt(app.repository.head());
  const uids = () => app.kubectl('get', 'configmaps', '-o', 'jsonpath={.items[*].metadata.uid}');
  const first = await uids();
  for (const [index, { what, files, told, isForced }] of BAD.entries()) {
    const applied = (await app.get()).status?.lastAppliedRevision;
    if (isForced) app.repository.git(['update-ref', '-d', 'refs/heads/main']);
    const bad = app.repository.commit(files);
    const { message, lastAppliedRevision, sync, conditions } = await app.until(
      `${what} to be told`,
      (status) => status.phase === 'Failed' && status.lastAttemptedRevision === bad,
    );
    const missing = told.filter((words) => !message?.includes(words));
    expect({ what, missing, message: missing.length > 0 ? message : '' }).toEqual({
      ...{ what, missing: [], message: '' },
    });
    const stalled = conditions?.find(({ type }) => type === 'Stalled');
    expect({ what, lastAppliedRevision, sync, stalled: [stalled?.status, stalled?.message] }).toEqual({
      ...{ what, lastAppliedRevision: applied, sync: 'OutOfSync', stalled: ['True', message] },
    });
    expect([what, await app.configMaps()]).toEqual([what, all(String(index))]);
    await app.healthyAt(app.repository.commit(good(String(index + 1))));
    expect([what, await app.configMaps()]).toEqual([what, all(String(index + 1))]);
  }
  // Nothing was ever deleted and made anew.
  expect(await uids()).toBe(first);
});

test('a revert heals too, and an Application that begins with a bad commit has made nothing', async () => {
  const app = await world.follow({ 'app/a.yaml': `${map('a')}---\nkind: [\n` });
  const failed = await app.until('the refusal', ({ phase }) => phase === 'Failed');
  expect([failed.message?.includes('a.yaml'), failed.inventory, await app.configMaps()]).toEqual([
    ...[true, undefined, {}],
  ]);
  const first = app.repository.commit(good('1'));
  await app.healthyAt(first);
  const bad = app.repository.commit({ 'app/a.yaml': 'a: [' }, 'main', first);
  await app.until('the refusal', (now) => now.phase === 'Failed' && now.lastAttemptedRevision === bad);
  const revert = app.repository.commit(good('1'), 'main', bad);
  const { history } = await app.healthyAt(revert);
  expect(history?.map(({ revision, outcome }) => [revision, outcome])).toEqual([
    ...[
      [revert, 'Applied'],
      [bad, 'Failed'],
      [first, 'Applied'],
    ],
    [failed.lastAttemptedRevision, 'Failed'],
  ]);
  expect(await app.configMaps()).toEqual(all('1'));
});

const chart = (templates: Readonly<Record<string, string>>) => ({
  'app/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'app/values.yaml': 'x: chart\nhost: false\n',
  ...templates,
});
const template = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "{{ .Values.x }} of {{ .Release.Name }}" }\n`;

test('a chart is rendered with values of the cluster, which are looked at again; one without an end is told, and changes nothing', async () => {
  const files = chart({ 'app/templates/a.yaml': template });
  const helm = { releaseName: 'mine', valuesFrom: [{ kind: 'Secret', name: 'values' }] };
  const app = await world.follow(files, {}, { render: { helm } });
  const missing = await app.until('the missing Secret to be told', ({ phase }) => phase === 'Degraded');
  expect(missing.message).toMatch(/VALUES_MISSING at Secret .*values.*optional: true/);
  const give = (text: string) =>
    app.kubectl('create', 'secret', 'generic', 'values', `--from-literal=values.yaml=${text}`);
  await give('x: one');
  await app.healthyAt(app.repository.head());
  expect(await app.configMaps()).toEqual({ a: 'one of mine' });

  // Another content of the Secret needs no commit.
  await app.kubectl('delete', 'secret', 'values');
  await give('x: hunter2');
  await until('the new value', async () => (await app.configMaps()).a === 'hunter2 of mine', {
    withinMs: 120_000,
  });

  const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}';
  const failing = '{{ fail .Values.x }}';
  for (const [bad, found] of [
    [endless, /no end within 8 s by helm/],
    [failing, /RENDER_FAILED at shop\/templates\/b\.yaml:1.*not shown/],
  ] as const) {
    const commit = app.repository.commit({ ...files, 'app/templates/b.yaml': bad });
    const { message } = await app.until('the refusal', (now) => {
      return now.phase === 'Failed' && now.lastAttemptedRevision === commit;
    });
    expect(message).toMatch(found);
    expect(message).not.toContain('hunter2');
    expect(await app.configMaps()).toEqual({ a: 'hunter2 of mine' });
  }
  await app.patch({ spec: { render: { helm: { values: { x: 'own' } } } } });
  await app.healthyAt(app.repository.commit(files));
  expect(await app.configMaps()).toEqual({ a: 'own of mine' });
});

test('a policy looks at what is rendered: of two Applications of one chart it refuses the one whose values break it', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { hostNetwork: {{ .Values.host }}, containers: [{ name: a, image: "a:1" }] }
`;
  const files = chart({ 'app/templates/a.yaml': template, 'app/templates/pod.yaml': pod });
  const policy = { mode: 'strict', level: 'baseline' };
  const withHost = (host: boolean) => ({ policy, render: { helm: { values: { host } } } });
  const refused = await world.follow(files, {}, withHost(true));
  const told = await refused.until('the refusal', ({ phase }) => phase === 'Failed');
  expect([told.message?.includes('hostNetwork'), await refused.configMaps()]).toEqual([true, {}]);
  await refused.patch({ spec: withHost(false) });
  // Nothing runs it here: no finding of a rule is what it waits for.
  const taken = await refused.until(
    'what is left to find',
    ({ message }) => !message?.includes('hostNetwork'),
  );
  expect(taken.message).not.toContain('hostNetwork');
  await refused.patch({ spec: withHost(true) });
  const again = await refused.until(
    'the refusal',
    ({ message }) => message?.includes('hostNetwork') === true,
  );
  expect(again.phase).toBe('Failed');
});

test('Rego of those who run the controller stops a commit; an exception, another commit or another policy lets it go on', async () => {
  const policy = (name: string, more: string) =>
    writeFileSync(join(policies, name), `package team\n\ndeny contains msg if {\n${more}\n}\n`);
  const ofPlanes = '\tinput.data.x == "plane"\n\tmsg := sprintf("%s flies", [input.metadata.name])';
  policy('main.rego', ofPlanes);
  const app = await world.follow({ 'app/a.yaml': configMaps({ a: 'boat' }) });
  await app.healthyAt(app.repository.head());
  const isGood = ({
    conditions = [],
  }: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  }) => conditions.some(({ type, status }) => type === 'Policy' && status === 'True');
  expect(isGood((await app.get()).status ?? {})).toBe(true);

  const bad = app.repository.commit({ 'app/a.yaml': configMaps({ a: 'plane', b: 'boat' }) });
  const refused = await app.until('it to be refused', ({ phase }) => phase === 'Failed');
  expect(refused).toMatchObject({ sync: 'OutOfSync', lastAttemptedRevision: bad });
  expect(refused.message).toMatch(/^POLICY_DENIED .*opa team\.deny at ConfigMap\/a: a flies;/);
  expect(refused.conditions?.find(({ type }) => type === 'Ready')?.reason).toBe('PolicyDenied');
  expect(refused.conditions?.find(({ type }) => type === 'Policy')?.status).toBe('False');
  expect(await app.configMaps()).toEqual({ a: 'boat' });
  expect(await app.kubectl('get', 'events.events.k8s.io', '-o', 'jsonpath={.items[*].reason}')).toContain(
    'PolicyDenied',
  );

  const exception = {
    ...{ rule: 'team.deny', object: 'ConfigMap/a', application: `${app.namespace}/shop` },
    ...{ reason: 'It is a seaplane.', until: '9999-12-31' },
  };
  writeFileSync(join(policies, 'exceptions.yaml'), JSON.stringify({ exceptions: [exception] }));
  await app.healthyAt(bad);
  expect(await app.configMaps()).toEqual({ a: 'plane', b: 'boat' });
  // By another policy all is judged again, though nothing else has changed; what runs stays.
  policy('more.rego', '\tinput.metadata.name == "b"\n\tmsg := "no b"');
  await app.until('the new rule to be told', ({ message }) => message?.includes('no b') === true);
  expect(await app.configMaps()).toEqual({ a: 'plane', b: 'boat' });
  // One that is broken is no consent, and no fault of the repository.
  writeFileSync(join(policies, 'more.rego'), 'package team\ndeny contains nothing\n');
  const broken = await app.until('the broken one to be told', ({ phase }) => phase === 'Degraded');
  expect(broken.message).toMatch(/^POLICY_FAILED .*more\.rego:2/);
  rmSync(join(policies, 'more.rego'));
  await app.healthyAt(bad);
});

describe('a preview', () => previewTests(world));
describe('the page', () => pageTests(world));
