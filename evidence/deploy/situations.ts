import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { type Cluster, until } from '../../cluster';
import { configMap, deployment } from '../../test/deploy/on-cluster';
import type { Place, Tool } from './tools';

/** What happens to people, tried with each tool; the answer is what became of the cluster, in words. */
interface Situation {
  readonly name: string;
  readonly try: (tool: Tool, scene: Scene) => Promise<string>;
}

/** A namespace, and what is looked at in it. */
class Scene {
  constructor(readonly place: Place) {}

  async kubectl(...args: readonly string[]): Promise<string> {
    const { cluster, namespace } = this.place;
    return (await cluster.kubectl(['-n', namespace, ...args])).stdout;
  }

  async has(kind: string, name: string): Promise<boolean> {
    return (await this.kubectl('get', kind, name, '--ignore-not-found', '-o', 'name')) !== '';
  }

  /** A value of an object, by its path. */
  read(kind: string, name: string, at: string): Promise<string> {
    return this.kubectl('get', kind, name, '-o', `jsonpath={${at}}`);
  }

  /** How many ConfigMaps there are whose name begins so. */
  async count(prefix: string): Promise<number> {
    const names = await this.kubectl('get', 'configmap', '-o', 'name');
    return names.split('\n').filter((name) => name.startsWith(`configmap/${prefix}`)).length;
  }

  given(object: object): Promise<unknown> {
    const { cluster, namespace } = this.place;
    return cluster.kubectl(['-n', namespace, 'create', '-f', '-'], { input: JSON.stringify(object) });
  }
}

async function applied(tool: Tool, { place }: Scene, set: readonly object[], more: readonly string[] = []) {
  const ended = await tool.apply(place, set, more).ended;
  if (ended.code !== 0) throw new Error(`${tool.name} fails where it must not: ${ended.out}`);
}

const keep = { 'helm.sh/resource-policy': 'keep' };
const many = (count: number, value: string) =>
  [...Array(count).keys()].map((index) => configMap(`m${index}`, { value }));
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'database' },
  stringData: { password },
});
const job = (image: string) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate' },
  spec: { suspend: true, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'm', image }] } } },
});
const widgets = (group: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    ...{ group, scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets', singular: 'widget' } },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
});

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'an object is no longer in the set',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a'), configMap('b')]);
      await applied(tool, scene, [configMap('a')]);
      return (await scene.has('configmap', 'b')) ? 'stays' : 'pruned';
    },
  },
  {
    name: 'the same, but somebody has made it anew by hand meanwhile',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a'), configMap('b')]);
      await scene.kubectl('delete', 'configmap', 'b');
      await scene.given(configMap('b', { theirs: '1' }));
      await tool.apply(scene.place, [configMap('a')]).ended;
      return (await scene.has('configmap', 'b')) ? 'theirs is left alone' : 'theirs is deleted';
    },
  },
  {
    name: 'it is killed in the middle of 1,000 objects, and the next set is another one',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a')]);
      const running = tool.apply(scene.place, [configMap('a'), ...many(1_000, '0')]);
      await until('the first objects', async () => (await scene.count('m')) > 0, { everyMs: 10 });
      running.kill();
      await running.ended;
      const made = await scene.count('m');
      const next = () =>
        tool.apply(scene.place, [configMap('a')], tool.name === 'drydock' ? ['--allow-prune'] : []);
      const { code, out } = await next().ended;
      const left = await scene.count('m');
      const told = code === 0 ? '' : `, and is refused: ${firstLine(out)}`;
      return left === 0
        ? `nothing of the ${made} that were made is left`
        : `all ${left} that were made are left${told}`;
    },
  },
  {
    name: 'the set is empty by mistake',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a'), configMap('b')]);
      const { code } = await tool.apply(scene.place, []).ended;
      const count = (await scene.count('a')) + (await scene.count('b'));
      return `${code === 0 ? 'goes well' : 'refused'}; ${count === 2 ? 'nothing is deleted' : `${2 - count} of 2 are deleted`}`;
    },
  },
  {
    name: 'most of the set is missing by mistake',
    try: async (tool, scene) => {
      await applied(tool, scene, many(20, '0'));
      const { code } = await tool.apply(scene.place, many(2, '0')).ended;
      const left = await scene.count('m');
      return `${code === 0 ? 'goes well' : 'refused'}; ${20 - left} of 20 are deleted`;
    },
  },
  {
    name: 'a claim of a volume is no longer in the set',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a'), claim], noWait(tool));
      await applied(tool, scene, [configMap('a')]);
      return (await scene.has('pvc', 'data')) ? 'stays' : 'deleted, with its data';
    },
  },
  {
    name: 'an object with `helm.sh/resource-policy: keep` is no longer in the set',
    try: async (tool, scene) => {
      const kept = { ...configMap('b'), metadata: { name: 'b', annotations: keep } };
      await applied(tool, scene, [configMap('a'), kept]);
      await applied(tool, scene, [configMap('a')]);
      return (await scene.has('configmap', 'b')) ? 'kept' : 'deleted';
    },
  },
  {
    name: 'somebody has changed a field of the set by hand',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a', { x: '1' })]);
      await scene.kubectl('patch', 'configmap', 'a', '-p', '{"data":{"x":"theirs"}}');
      const { code, out } = await tool.apply(scene.place, [configMap('a', { x: '2' })]).ended;
      const now = await scene.read('configmap', 'a', '.data.x');
      if (now !== 'theirs') return 'overwritten without a word';
      const since = /since 20|at 20\d\d/.test(out) ? ' and since when' : '';
      return `${code === 0 ? 'left, and goes well' : 'refused'}${/kubectl-patch/.test(out) ? `; says who${since}` : ''}`;
    },
  },
  {
    name: 'somebody has changed it, and the set has not changed since',
    try: async (tool, scene) => {
      const set = [configMap('a', { x: '1' })];
      await applied(tool, scene, set);
      await scene.kubectl('patch', 'configmap', 'a', '-p', '{"data":{"x":"theirs"}}');
      const { code } = await tool.apply(scene.place, set).ended;
      const now = await scene.read('configmap', 'a', '.data.x');
      return now === '1' ? 'put back without a word' : code === 0 ? 'not seen' : 'refused';
    },
  },
  {
    name: 'the object is there and was made by somebody else',
    try: async (tool, scene) => {
      await scene.given(configMap('a', { x: 'theirs' }));
      const { code } = await tool.apply(scene.place, [configMap('a', { y: 'ours' })]).ended;
      const both = await scene.read('configmap', 'a', '.data.y');
      return both === 'ours' ? 'taken over without a word' : code === 0 ? 'left, and goes well' : 'refused';
    },
  },
  {
    name: 'one object of three is not valid',
    try: async (tool, scene) => {
      const wrong = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'w' },
        spec: { ports: [{ port: 99_999 }] },
      };
      const { code } = await tool.apply(scene.place, [configMap('a'), wrong, configMap('b')]).ended;
      const count = (await scene.count('a')) + (await scene.count('b'));
      return `${code === 0 ? 'goes well' : 'refused'}; ${count === 0 ? 'nothing is written' : `${count} are written`}`;
    },
  },
  {
    name: 'a field that cannot be changed',
    try: async (tool, scene) => {
      await applied(tool, scene, [job('localhost/none:1'), configMap('a', { x: '1' })]);
      const { code, out } = await tool.apply(scene.place, [
        job('localhost/none:2'),
        configMap('a', { x: '2' }),
      ]).ended;
      const rest = await scene.read('configmap', 'a', '.data.x');
      const says = /--recreate|--force(?!-conflicts)/.test(out) ? '; says what to do' : '';
      return `${code === 0 ? 'goes well' : 'refused'}; ${rest === '1' ? 'nothing is written' : 'the rest is written'}${says}`;
    },
  },
  {
    name: 'a CRD and an object of it in one set, the object first',
    try: async (tool, scene) => {
      const group = `d${randomBytes(3).toString('hex')}.example.com`;
      const one = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'one' } };
      const { code } = await tool.apply(scene.place, [one, widgets(group)]).ended;
      return code === 0 ? 'goes well' : 'fails the first time';
    },
  },
  {
    name: 'a namespace and an object in it, the object first',
    try: async (tool, scene) => {
      const name = `${scene.place.namespace}-in`;
      const inside = { ...configMap('a'), metadata: { name: 'a', namespace: name } };
      const set = [inside, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }];
      const { code } = await tool.apply(scene.place, set).ended;
      return code === 0 ? 'goes well' : 'fails';
    },
  },
  {
    name: 'a Deployment whose pods never come up',
    try: async (tool, scene) => {
      const { code, out } = await tool.apply(
        scene.place,
        [deployment('web', { replicas: 1 })],
        tool.waiting ?? [],
      ).ended;
      if (code === 0) return 'goes well, at once';
      return `fails after its time${/pods? (are|is) available|0 of 1/i.test(out) ? '; says what is missing' : ''}`;
    },
  },
  {
    name: 'back to the last set',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a', { x: '1' }), configMap('b')]);
      await tool.apply(scene.place, [configMap('a', { x: '2' })]).ended;
      const back = tool.back(scene.place);
      if (!back) return 'has nothing for that';
      const { code } = await back.ended;
      const [x, b] = [await scene.read('configmap', 'a', '.data.x'), await scene.has('configmap', 'b')];
      return code === 0 && x === '1' && b ? 'one command' : 'fails';
    },
  },
  {
    name: 'a diff before it, of a Secret',
    try: async (tool, scene) => {
      await applied(tool, scene, [secret('hunter-1')]);
      const diff = tool.diff(scene.place, [secret('hunter-2')]);
      if (!diff) return 'has none of its own';
      const { code, out } = await diff.ended;
      const words = ['hunter-1', 'hunter-2'].flatMap((one) => [one, Buffer.from(one).toString('base64')]);
      const shown = words.some((word) => out.includes(word));
      return `code ${code}; the content is ${shown ? '**shown**' : 'not shown'}`;
    },
  },
  {
    name: 'a diff before it, of an object that will go',
    try: async (tool, scene) => {
      await applied(tool, scene, [configMap('a'), configMap('gone')]);
      const diff = tool.diff(scene.place, [configMap('a')]);
      if (!diff) return 'has none of its own';
      return /gone/.test((await diff.ended).out) ? 'shown' : 'not shown';
    },
  },
  {
    name: 'two runs with different sets at once',
    try: async (tool, scene) => {
      const second = { ...scene.place, folder: mkdtempSync(path.join(scene.place.folder, 'second-')) };
      await applied(tool, scene, many(100, '0'));
      const both = [tool.apply(scene.place, many(100, '1')), tool.apply(second, many(100, '2'))];
      const codes = await Promise.all(both.map(async ({ ended }) => (await ended).code));
      const values = (await scene.kubectl('get', 'configmap', '-o', 'jsonpath={.items[*].data.value}')).split(
        ' ',
      );
      const end = new Set(values).size === 1 ? 'the end is one of them' : 'the end is a mixture';
      const refused = codes.filter((code) => code !== 0).length;
      return `${end}; ${refused === 0 ? 'both go well' : `${refused} of 2 ${refused === 1 ? 'is' : 'are'} refused`}`;
    },
  },
  {
    name: 'replicas that an autoscaler sets, and the set does not state',
    try: async (tool, scene) => {
      const { replicas: _left, ...spec } = deployment('web').spec;
      const set = (image: string) => {
        const changed = structuredClone({ ...deployment('web'), spec });
        changed.spec.template.spec.containers[0]!.image = image;
        return [changed];
      };
      await applied(tool, scene, set('localhost/none:1'), noWait(tool));
      await scene.kubectl('scale', 'deployment', 'web', '--replicas=3');
      await applied(tool, scene, set('localhost/none:2'), noWait(tool));
      const now = await scene.read('deployment', 'web', '.spec.replicas');
      return now === '3' ? 'left alone' : `set to ${now}`;
    },
  },
];

/** drydock waits by itself, and no pod runs here. */
function noWait({ name }: Tool): readonly string[] {
  return name === 'drydock' ? ['--no-wait'] : [];
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 160) ?? '';
}

/** Each situation with each tool, in a namespace of its own. */
export async function situationsTable(
  cluster: Cluster,
  tools: readonly Tool[],
  folder: string,
): Promise<string> {
  const rows: string[][] = [];
  for (const situation of SITUATIONS) {
    const row = [situation.name];
    for (const tool of tools) {
      const namespace = `s-${randomBytes(4).toString('hex')}`;
      await cluster.kubectl(['create', 'namespace', namespace]);
      const files = mkdtempSync(path.join(folder, 'situation-'));
      const { kubeconfig } = cluster;
      const scene = new Scene({ cluster, kubeconfig, namespace, folder: files });
      const answer = await situation.try(tool, scene).catch((error: Error) => {
        process.exitCode = 1;
        return `**not tried: ${firstLine(error.message)}**`;
      });
      process.stderr.write(`${situation.name}, ${tool.name}: ${answer}\n`);
      row.push(answer.replaceAll(namespace, 'shop').replaceAll('|', '\\|'));
    }
    rows.push(row);
  }
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = ['', ...tools.map(({ name }) => name)];
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
