import { fieldsOf, isNode, isTreeMap, type Node, type Tree } from '../template';
import { addressLines } from './addresses';
import type { ChartModel, ChartObject } from './model';
import { goString } from './print/go-string';
import { bare } from './print/pipeline';
import { Scope } from './print/scope';

type Noted = Pick<ChartModel, 'name' | 'secrets' | 'objects' | 'subcharts'>;

/** `NOTES.txt`: what helm prints after an installation. */
export function notes(model: Noted): string {
  const lines = Scope.top(model.name).around((scope) => [
    `{{ .Release.Name }}: ${model.name} {{ .Chart.AppVersion }} is installed in {{ .Release.Namespace }}.`,
    '',
    'See what is there:',
    ...kubectlLines(model, scope),
    ...(saysMore(model) ? [`{{- include ${goString(helperName(model))} . }}`] : []),
    '',
  ]);
  return lines.join('\n');
}

/**
 * `_notes.tpl`: where the chart is reached and what it waits for. Helm prints the notes of the outermost chart alone, so each
 * chart has its own as a helper, which the chart around it includes where it is installed.
 */
export function notesHelper(model: Noted): string | undefined {
  if (!saysMore(model)) return undefined;
  const lines = Scope.top(model.name).around((scope) => [
    ...addressLines(model.objects, scope),
    ...model.secrets.flatMap(({ name, keys }) => secretLines(name, keys, scope)),
    ...model.subcharts.flatMap(({ key, model: inner }) => (saysMore(inner) ? subchartLines(key, inner) : [])),
  ]);
  return [`{{- define ${goString(helperName(model))} }}`, ...lines, '{{- end }}', ''].join('\n');
}

function subchartLines(key: string, inner: Noted): string[] {
  const name = goString(key);
  return [
    `{{- if hasKey .Subcharts ${name} }}`,
    '',
    `${key}:`,
    `{{- include ${goString(helperName(inner))} (index .Subcharts ${name}) }}`,
    '{{- end }}',
  ];
}

function helperName({ name }: Noted): string {
  return `${name}.notes`;
}

function saysMore({ name, objects, secrets, subcharts }: Noted): boolean {
  if (secrets.length > 0 || addressLines(objects, Scope.top(name)).length > 0) return true;
  return subcharts.some(({ model }) => saysMore(model));
}

/** What `kubectl get all` lists. */
const IN_ALL = /^(Pod|Service|Deployment|StatefulSet|DaemonSet|Job|CronJob)$/;

/** A command for each namespace, with the kinds that are in it: `get all` finds none of a Role or a quota. */
function kubectlLines(model: Pick<ChartModel, 'objects' | 'subcharts'>, scope: Scope): string[] {
  const kinds = new Map<string, Set<string>>();
  for (const object of withSubcharts(model)) {
    const { kind, metadata } = fieldsOf(object.tree);
    // Of what whoever installs adds, nothing is known here.
    if (typeof kind !== 'string') continue;
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
  const { op } = name;
  const [made, others] = op.op === 'if' ? [op.cond, op.no] : [undefined, name];
  const secret = `{{ ${bare(others, scope)} }}`;
  const lines = [
    '',
    `Pods wait until the Secret ${secret} is there, with the keys ${keys.join(', ')}.`,
    'See whether it is:',
    `  kubectl --namespace ${RELEASE} describe secret ${secret}`,
  ];
  return made ? [`{{- if not (${bare(made, scope)}) }}`, ...lines, '{{- end }}'] : lines;
}
