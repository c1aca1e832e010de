import { isNode, isTreeMap, type Node, type Tree } from '../template';
import type { ChartModel, ChartObject } from './model';
import { bare } from './print/pipeline';
import { Scope } from './print/scope';

/** `NOTES.txt`: what helm prints after an installation. */
export function notes(model: Pick<ChartModel, 'name' | 'secrets' | 'objects' | 'subcharts'>): string {
  const scope = Scope.top(model.name);
  return [
    `{{ .Release.Name }}: ${model.name} {{ .Chart.AppVersion }} is installed in {{ .Release.Namespace }}.`,
    '',
    'See what is there:',
    ...kubectlLines(model, scope),
    ...model.secrets.flatMap(({ name, keys }) => secretLines(name, keys, scope)),
    '',
  ].join('\n');
}

/** What `kubectl get all` lists. */
const IN_ALL = /^(Pod|Service|Deployment|StatefulSet|DaemonSet|Job|CronJob)$/;

/** A command for each namespace, with the kinds that are in it: `get all` finds none of a Role or a quota. */
function kubectlLines(model: Pick<ChartModel, 'objects' | 'subcharts'>, scope: Scope): string[] {
  const kinds = new Map<string, Set<string>>();
  for (const object of withSubcharts(model)) {
    const { kind, metadata } = object.tree as { readonly kind: string; readonly metadata?: Tree };
    const given = isTreeMap(metadata) ? (metadata as { readonly namespace?: Tree }).namespace : undefined;
    const where = model.objects.includes(object) ? namespaceOf(given, scope) : RELEASE;
    kinds.set(where, (kinds.get(where) ?? new Set()).add(kind));
  }
  if (kinds.size === 0) kinds.set(RELEASE, new Set());
  return [...kinds].map(([where, found]) => {
    const all = found.size === 0 || [...found].some((kind) => IN_ALL.test(kind));
    const what = all ? 'all' : [...found].map((kind) => kind.toLowerCase()).join(',');
    return `  kubectl --namespace ${where} get ${what} --selector app.kubernetes.io/instance={{ .Release.Name }}`;
  });
}

const RELEASE = '{{ .Release.Namespace }}';

function namespaceOf(given: Tree, scope: Scope): string {
  if (typeof given === 'string') return given;
  return isNode(given) ? `{{ ${bare(given, scope)} }}` : RELEASE;
}

function withSubcharts({ objects, subcharts }: Pick<ChartModel, 'objects' | 'subcharts'>): ChartObject[] {
  return [...objects, ...subcharts.flatMap(({ model }) => withSubcharts(model))];
}

/** A Secret that the chart makes itself is there already; only one that others make, `existingSecret`, may be waited for. */
function secretLines(name: Node, keys: readonly string[], scope: Scope): string[] {
  const made = name.op.op === 'if' ? name.op.cond : undefined;
  const lines = [
    '',
    `Pods wait until the Secret {{ ${bare(name, scope)} }} is there, with the keys ${keys.join(', ')}.`,
  ];
  return made ? [`{{- if not (${bare(made, scope)}) }}`, ...lines, '{{- end }}'] : lines;
}
