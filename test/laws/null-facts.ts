import type { Json } from '../../core/template/nodes';
import type { LawEngine, RenderInputs } from './engine';

/**
 * What Helm does with null, and with numbers that come by other ways than YAML, under a strict schema: every key that
 * is not optional is `required`, and null is allowed nowhere. docs/facts/helm-null.md prints the answers.
 */

const text = { type: 'string' };
const whole = { type: 'integer' };

function strict(properties: object, required: readonly string[], additional: unknown = false): object {
  return { type: 'object', properties, required, additionalProperties: additional };
}

const childSchema = strict(
  { size: whole, mode: text, note: text, spare: text, labels: strict({}, [], text), enabled: {}, global: {} },
  ['size', 'mode', 'labels'],
);
const schema = strict(
  {
    name: text,
    optional: text,
    spare: text,
    settings: strict({ a: text, b: text, c: text }, ['a', 'b']),
    labels: strict({}, [], text),
    absent: strict({ a: text, b: text }, ['a']),
    list: { type: 'array', items: text },
    count: whole,
    ratio: { type: 'number' },
    child: { type: 'object' },
    extra: { type: 'object' },
    guarded: strict({ enabled: { type: 'boolean' } }, ['enabled'], true),
    global: { type: 'object' },
  },
  ['name', 'settings', 'labels', 'list', 'count', 'ratio', 'child', 'extra', 'guarded', 'global'],
);

const draft = 'http://json-schema.org/draft-07/schema#';

const dependencies = `dependencies:
  - { name: child, version: 1.0.0 }
  - { name: child, alias: extra, version: 1.0.0, condition: extra.enabled }
  - { name: child, alias: guarded, version: 1.0.0, condition: guarded.enabled }
`;

/**
 * `optional`, `settings.c`, `absent` and `child.note` have no default; `spare` has one and is not required;
 * `child.mode` is `slow` by the parent's defaults and `fast` by its own; of two subcharts that are switched off, the schema
 * requires the condition of `guarded` only.
 */
export const nullChart: { readonly [path: string]: string } = {
  'Chart.yaml': `apiVersion: v2\nname: parent\nversion: 1.0.0\n${dependencies}`,
  'values.yaml': `name: me
spare: kept
settings: { a: "1", b: "2" }
labels: { x: "1" }
list: [p]
count: 1
ratio: 0.5
child: { mode: slow, labels: { "y": "2" } }
extra: { enabled: false }
guarded: { enabled: false }
global: { region: here }
`,
  'values.schema.json': JSON.stringify({ $schema: draft, ...schema }),
  'templates/seen.yaml': `seen: {{ .Values | toJson }}
kinds: { {{ range $key, $value := .Values }}{{ $key | quote }}: {{ kindOf $value | quote }}, {{ end }} }
bare: { {{ range $key, $value := .Values }}{{ $key | quote }}: {{ $value | quote }}, {{ end }} }
json: { {{ range $key, $value := .Values }}{{ $key | quote }}: {{ toJson $value | quote }}, {{ end }} }
`,
  'charts/child/Chart.yaml': 'apiVersion: v2\nname: child\nversion: 1.0.0\n',
  'charts/child/values.yaml': 'size: 1\nmode: fast\nspare: kept\nlabels: { x: "1" }\n',
  'charts/child/values.schema.json': JSON.stringify({ $schema: draft, ...childSchema }),
  'charts/child/templates/seen.yaml': '{{ .Chart.Name }}: {{ .Values | toJson }}\n',
};

/** One input, written as on helm's command line. */
export interface Probe {
  readonly input: string;
  readonly inputs: RenderInputs;
  /** The key in question, to look at in what the templates saw; `child.` looks into the subchart. */
  readonly key: string;
  readonly files?: { readonly [path: string]: string };
}

function everyWay(key: string): readonly Probe[] {
  const [head, ...rest] = key.split('.');
  const nest = (parts: readonly string[]) =>
    parts.reduceRight<string>((inner, part) => `{"${part}":${inner}}`, 'null');
  const ways: readonly RenderInputs[] = [
    { valueFiles: [nest([head!, ...rest])] },
    { set: [`${key}=null`] },
    { setJson: [`${key}=null`] },
    { setJson: [`${head}=${nest(rest)}`] },
  ];
  return ways.map((inputs) => ({ key, input: `${key}: null`, inputs }));
}

/** Null over each kind of key, by each way in. */
export const nullProbes: readonly Probe[] = [
  'name',
  'optional',
  'settings',
  'settings.a',
  'settings.c',
  'labels',
  'labels.x',
  'labels.other',
  'absent',
  'absent.a',
  'absent.b',
  'spare',
  'child',
  'child.size',
  'child.mode',
  'child.note',
  'child.spare',
  'child.labels',
  'child.labels.x',
  'child.labels.y',
  'extra',
  'extra.enabled',
  'guarded',
  'guarded.enabled',
  'global',
  'global.region',
  'child.global.region',
]
  .flatMap(everyWay)
  .concat([
    { key: 'list', input: "-f 'list: [null]'", inputs: { valueFiles: ['list: [null]'] } },
    { key: 'list', input: '--set list[0]=null', inputs: { set: ['list[0]=null'] } },
    { key: 'list', input: '--set list[1]=q', inputs: { set: ['list[1]=q'] } },
    { key: 'list', input: '--set list[2]=q', inputs: { set: ['list[2]=q'] } },
    { key: 'name', input: "-f 'name: x' -f 'name: null'", inputs: { valueFiles: ['name: x', 'name: null'] } },
    {
      key: 'name',
      input: "-f 'name: null' --set name=x",
      inputs: { valueFiles: ['name: null'], set: ['name=x'] },
    },
    {
      key: 'settings',
      input: '--set settings=null,settings.a=1,settings.b=2',
      inputs: { set: ['settings=null,settings.a=1,settings.b=2'] },
    },
    { key: 'name', input: '--set-string name=null', inputs: { setString: ['name=null'] } },
    { key: 'name', input: '--set name=', inputs: { set: ['name='] } },
    { key: 'labels', input: '--set labels=', inputs: { set: ['labels='] } },
    { key: 'labels', input: '--set-json labels={}', inputs: { setJson: ['labels={}'] } },
    { key: 'list', input: '--set list={}', inputs: { set: ['list={}'] } },
  ]);

/** Null as a default in values.yaml itself. */
export const nullDefaultProbes: readonly Probe[] = [
  defaultProbe('optional: null', 'optional'),
  defaultProbe('name: null', 'name'),
  defaultProbe('settings: { a: "1", b: "2", c: null }', 'settings.c'),
  defaultProbe('labels: { x: null }', 'labels.x'),
  defaultProbe('child: { mode: null }', 'child.mode'),
  defaultProbe('child: { note: null }', 'child.note'),
  {
    ...defaultProbe('settings: { a: "1", b: "2", c: null }', 'settings.c'),
    input: 'values.yaml \'settings: { a: "1", b: "2", c: null }\' with --set settings.a=x',
    inputs: { set: ['settings.a=x'] },
  },
];

function defaultProbe(line: string, key: string): Probe {
  const head = line.slice(0, line.indexOf(':') + 1);
  const kept = nullChart['values.yaml']!.split('\n').filter((other) => !other.startsWith(head));
  return {
    key,
    input: `values.yaml '${line}'`,
    inputs: {},
    files: { 'values.yaml': [...kept, line, ''].join('\n') },
  };
}

/** Numbers and text by the ways that are not a plain YAML number. */
export const numberProbes: readonly Probe[] = [
  ...[
    '5',
    '5.0',
    '1e3',
    '1.5',
    '0777',
    '0x1F',
    '-0',
    '1000000',
    '9007199254740993',
    '9223372036854775808',
  ].flatMap((value): readonly Probe[] => [
    { key: 'count', input: `-f 'count: ${value}'`, inputs: { valueFiles: [`count: ${value}`] } },
    { key: 'count', input: `--set count=${value}`, inputs: { set: [`count=${value}`] } },
    { key: 'count', input: `--set-json count=${value}`, inputs: { setJson: [`count=${value}`] } },
  ]),
  { key: 'count', input: '--set-string count=5', inputs: { setString: ['count=5'] } },
  { key: 'ratio', input: '--set ratio=1.5', inputs: { set: ['ratio=1.5'] } },
  { key: 'ratio', input: '--set ratio=2', inputs: { set: ['ratio=2'] } },
  { key: 'ratio', input: '--set-json ratio=1.5', inputs: { setJson: ['ratio=1.5'] } },
  { key: 'name', input: '--set name=5', inputs: { set: ['name=5'] } },
  { key: 'name', input: '--set name=1.5', inputs: { set: ['name=1.5'] } },
  { key: 'name', input: '--set name=true', inputs: { set: ['name=true'] } },
  { key: 'name', input: '--set name=0777', inputs: { set: ['name=0777'] } },
  { key: 'name', input: '--set-string name=0777', inputs: { setString: ['name=0777'] } },
];

/** What became of a probe: the refusal, or the key as templates saw it. */
export async function outcomeOf(engine: LawEngine, probe: Probe): Promise<string> {
  const answer = await engine.render({ files: { ...nullChart, ...probe.files } }, probe.inputs);
  if (!answer.ok) return `refused: ${reasonOf(answer.message)}`;
  const printed = (field: string) => answer.objects.find(({ object }) => field in object)?.object;
  const [head, ...rest] = probe.key.split('.');
  if (head === 'extra') return `subchart ${printed('extra') ? 'rendered' : 'not rendered'}`;
  if (head === 'child' && rest.length > 0) return seen(printed('child')!.child!, rest);
  if (head === 'global') {
    const [parent, child] = [printed('seen')!.seen!, printed('child')!.child!];
    return `parent: ${seen(parent, [head, ...rest])}; subchart: ${seen(child, [head, ...rest])}`;
  }
  const { seen: values, kinds, bare, json } = printed('seen') as { [field: string]: { [key: string]: Json } };
  if (kinds![head!] === 'map' || kinds![head!] === 'slice' || !(head! in kinds!)) {
    return seen(values as Json, [head!, ...rest]);
  }
  return `${kinds![head!]}: \`toJson\` prints \`${json![head!]}\`, \`quote\` prints "${bare![head!]}"`;
}

function reasonOf(message: string): string {
  const complaints = message.split('\n').filter((line) => /^\s*- at .*: (?!validation failed)/.test(line));
  // The validator goes through maps in no order.
  return complaints.length === 0
    ? message
    : complaints
        .map((line) => line.trim().slice(2))
        .sort()
        .join('; ');
}

function seen(values: Json, key: readonly string[]): string {
  let found: Json = values;
  for (const part of key) {
    if (typeof found !== 'object' || found === null || !(part in found)) return 'key absent';
    found = (found as { [key: string]: Json })[part]!;
  }
  return `\`${JSON.stringify(found)}\``;
}

/** The probes as a Markdown table. Probes of one name share a line, which shows every way they came out. */
export async function tableOf(probes: readonly Probe[], helm4: LawEngine, helm3: LawEngine): Promise<string> {
  const lines = ['| input | helm 4 | helm 3, where it differs |', '|---|---|---|'];
  for (const input of new Set(probes.map((probe) => probe.input))) {
    const alike = probes.filter((probe) => probe.input === input);
    const four = await outcomesOf(helm4, alike);
    const three = await outcomesOf(helm3, alike);
    lines.push(`| \`${input}\` | ${four} | ${three === four ? '' : three} |`);
  }
  return lines.join('\n');
}

async function outcomesOf(engine: LawEngine, probes: readonly Probe[]): Promise<string> {
  const outcomes = await Promise.all(probes.map((probe) => outcomeOf(engine, probe)));
  return [...new Set(outcomes)].join(' **or** ');
}
