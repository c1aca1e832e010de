import type { ChartHeader, ChartModel, ChartObject } from '../helm';
import { DrydockError, isNode, NODE, type Tree } from '../template';
import {
  artifactHubAnnotations,
  assertionsOf,
  checkKept,
  checkUmbrella,
  checkValueUse,
  type GuardedObject,
  type GuardedObjectsOf,
  guardedOnce,
  type HelmChart,
  objectsWithin,
  placeOf,
  type SynthOrder,
  secretName,
  synthOrder,
} from '../tree';
import type { SubchartSpec } from '../values';

/** A HelmChart as the chart printer wants it, with its subcharts; stock Charts inside it belong to it. */
export function chartModel(
  chart: HelmChart,
  order: SynthOrder = synthOrder(chart.node.root),
  objectsOf: GuardedObjectsOf = guardedOnce(order),
): ChartModel {
  checkUmbrella(chart);
  return modelOf(chart, order, objectsOf);
}

function modelOf(chart: HelmChart, order: SynthOrder, objectsOf: GuardedObjectsOf): ChartModel {
  const subcharts = chart.subcharts.map((subchart) => {
    const key = subchart.node.id;
    const { conditions, tags } = chart.definition.subcharts.get(key) as SubchartSpec;
    const model = modelOf(subchart, order, objectsOf);
    return { key, model, conditions, tags, where: placeOf(subchart) };
  });
  const objects = objectsWithin(chart, order, objectsOf);
  checkKept(objects);
  const assertions = assertionsOf(chart, (one) => objectsWithin(one, order, objectsOf));
  const patches = chart.installerPatches;
  const told = isNode(patches) ? [patches] : [];
  checkValueUse([...objects.flatMap(treesOf), ...assertions.map(({ cond }) => cond), ...told], chart);
  return {
    ...chart.facts,
    name: chart.chartName,
    ...headerOf(chart),
    definition: chart.definition,
    environments: chart.environments,
    trials: chart.trials,
    assertions,
    secrets: chart.definition.secrets.map((secret) => ({
      name: secretName(chart, secret)[NODE],
      keys: secret.keys,
    })),
    objects: withFileNames(chart, objects),
    subcharts,
    ...(isNode(patches) ? { patches } : {}),
  };
}

/** What Chart.yaml says beside the name and the versions. */
function headerOf({ metadata, description }: HelmChart): ChartHeader {
  const { artifactHub, annotations, ...others } = metadata;
  return { ...others, description, annotations: { ...artifactHubAnnotations(artifactHub), ...annotations } };
}

function treesOf({ tree, guards }: GuardedObject): Tree[] {
  return [tree, ...guards.map((guard) => (guard.kind === 'when' ? guard.cond : guard.over))];
}

function withFileNames(chart: HelmChart, objects: readonly GuardedObject[]): ChartObject[] {
  const taken = new Map<string, string>();
  return objects.map(({ object, tree, guards }) => {
    const where = placeOf(object);
    const fileName = fileNameOf(chart, object);
    const before = taken.get(fileName);
    if (before) throw sameFile(where, before, fileName);
    taken.set(fileName, where);
    return { tree, guards, where, fileName };
  });
}

/** The construct path inside the chart and the kind, dashed: `api-deployment`. */
function fileNameOf(chart: HelmChart, object: GuardedObject['object']): string {
  const ids = object.node.scopes.slice(chart.node.scopes.length).map((scope) => scope.node.id);
  const parts = ids.filter((id) => id !== 'Default' && id !== 'Resource').map(dashed);
  const kind = dashed(object.kind);
  const last = parts.at(-1) ?? '';
  // `database-secret` of a Secret and `disruption-budget` of a PodDisruptionBudget say the kind already.
  const saysKind = `-${last}`.endsWith(`-${kind}`) || `-${kind}`.endsWith(`-${last}`);
  if (!saysKind) parts.push(kind);
  return parts.join('-');
}

function dashed(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function sameFile(where: string, before: string, fileName: string): DrydockError {
  return new DrydockError('SAME_FILE', {
    where,
    found: `the template name ${fileName}.yaml, which ${before} has already`,
    expected: 'a name of its own',
    remedy: 'Give the construct another id.',
  });
}
