import type { RenderInputs } from './engine';
import { trapChart } from './trap-chart';

/** One run of `helm template`: what is changed in the trap chart (an undefined text removes the file), and the inputs. */
export interface TrapCase {
  readonly title: string;
  readonly files?: { readonly [path: string]: string | undefined };
  readonly inputs?: RenderInputs;
}

/** The files of a case's chart. */
export function filesOf(trap: TrapCase): { readonly [path: string]: string } {
  const entries = Object.entries({ ...trapChart, ...trap.files });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function values(title: string, ...valueFiles: readonly string[]): TrapCase {
  return { title, inputs: { valueFiles } };
}

function text(value: string): TrapCase {
  return values(`text ${JSON.stringify(value).slice(0, 40)}`, JSON.stringify({ text: value }));
}

function count(value: string): TrapCase {
  return values(`count ${value}`, `count: ${value}`);
}

function template(title: string, body: string): TrapCase {
  return { title, files: { 'templates/numbers.yaml': body } };
}

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n';

/** What the engine and the real helm must agree on, refusals included. */
export const trapCases: readonly TrapCase[] = [
  { title: 'defaults' },
  // Numbers.
  ...['0', '-0', '999999', '1000000', '2147483648', '9007199254740991', '9007199254740993'].map(count),
  ...['1e6', '1e20', '1e21', '1e22', '5.0', '1.5', '"5"', 'null', '0x1F', '0777', '1_000', '.inf'].map(count),
  // Text: where a bare `{{ .Values.text }}` makes other YAML, the real helm and the engine see the same other YAML.
  ...['', ' ', 'true', 'y', 'null', '1e3', '0777', '1:30', '<no value>', 'a<no value>b', '---', '...'].map(
    text,
  ),
  ...['a: b', '# x', '- a', '&a', '*a', '!x', '%', '@', "'", '"', '\\', '{{ .x }}', 'a\n---\nb', '\r\n'].map(
    text,
  ),
  ...['\u0085', '\u2028', '\ufeff', '\u{1f600}', 'x'.repeat(10_000), ' lead and trail '].map(text),
  // Refusals at each stage.
  text('fail'),
  text('require'),
  text('panic'),
  values('schema: a wrong type', 'text: 5'),
  values('schema: a wrong type in a subchart', 'worker: { size: none }'),
  values('schema: a subchart that is switched off is not checked', 'worker: { size: none, enabled: false }'),
  values('values that are no YAML', 'text: ['),
  values('values that are a list', '- a'),
  values('a required key set to null', 'text: null'),
  template('a template that does not parse', '{{ if }}'),
  template('a template that prints broken YAML', `${manifest}data: [`),
  template('a template that prints a list', '- a\n- b\n'),
  template('an annotation that is no string', 'metadata: { annotations: { a: 5 } }\n'),
  template('a key twice', `${manifest}data: { a: one, a: two }\n`),
  template('bytes that are no UTF-8', `${manifest}data: { a: {{ "/w==" | b64dec }} }\n`),
  template(
    'an anchor, an alias and a merge key',
    `${manifest}data: &d { a: "1" }\nmore: { <<: *d, b: "2" }\n`,
  ),
  template('two documents divided by dots', `${manifest}...\n${manifest}`),
  template('separators with spaces, text and comments', `--- \n${manifest}---   # more\n${manifest}`),
  template('a separator glued to its document', `---${manifest}`),
  template('Windows line ends', `${manifest}data:\n  a: |\n    x\n    y\n`.replaceAll('\n', '\r\n')),
  { title: 'a release name of 53', inputs: { release: { name: 'r'.repeat(53) } } },
  { title: 'a release name of 54', inputs: { release: { name: 'r'.repeat(54) } } },
  { title: 'a release name with capitals', inputs: { release: { name: 'Release' } } },
  {
    title: 'a library chart',
    files: { 'Chart.yaml': 'apiVersion: v2\nname: l\nversion: 1.0.0\ntype: library\n' },
  },
  { title: 'a chart without a version', files: { 'Chart.yaml': 'apiVersion: v2\nname: traps\n' } },
  { title: 'a dependency that is missing', files: { 'charts/worker/Chart.yaml': undefined } },
  { title: 'a subchart that is gone altogether', files: withoutFolder('charts/cache/') },
  { title: 'broken defaults', files: { 'values.yaml': 'text: [' } },
  { title: 'a schema that is no JSON', files: { 'values.schema.json': '{' } },
  {
    title: 'a schema with a lookahead',
    files: { 'values.schema.json': '{"properties":{"text":{"pattern":"(?=a)"}}}' },
  },
  { title: 'a CRD file that is no YAML', files: { 'crds/thing.yaml': 'a: [' } },
  { title: 'a byte order mark', files: { 'values.yaml': `\ufeff${trapChart['values.yaml']}` } },
  // Subcharts.
  values('a condition switched off', 'worker: { enabled: false }'),
  values('a condition that is no boolean', 'worker: { enabled: "false" }'),
  values('tags switched off', 'tags: { caches: false }'),
  values('a condition beats its tag', 'tags: { caches: false }\ncold: { enabled: true }'),
  values('a global from outside', 'global: { region: there }\nhot: { memory: 1 }'),
  values('a subchart key set to null', 'worker: { mode: null }'),
  values('a table where there was a scalar', 'hot: { memory: { a: b } }'),
  // Inputs other than one file.
  values('two files', 'labels: { a: three, b: four }', 'labels: { a: five }\nlist: []'),
  values('several documents in one file', 'count: 7\n---\ncount: 8\n'),
  { title: 'set', inputs: { set: ['count=7', 'text=a\\,b', 'list={p,q}', 'labels.new=x', 'nested=null'] } },
  { title: 'set refuses a number as text', inputs: { set: ['text=5'] } },
  { title: 'set with an exponent', inputs: { set: ['count=1e3'] } },
  { title: 'set-string', inputs: { setString: ['text=5', 'labels.a=true'] } },
  { title: 'set-json', inputs: { setJson: ['count=1000000', 'labels={"a":"<b>"}'] } },
  { title: 'set-json with a whole object', inputs: { setJson: ['{"count":1000000}'] } },
  { title: 'all at once', inputs: { valueFiles: ['count: 1'], setJson: ['count=2'], set: ['count=3'] } },
  { title: 'set that does not parse', inputs: { set: ['list[x]=1'] } },
  { title: 'documents.optional', inputs: { set: ['documents.optional=true'] } },
  { title: 'an upgrade in a namespace', inputs: { release: { isUpgrade: true, namespace: 'elsewhere' } } },
  { title: 'a Kubernetes version', inputs: { kubeVersion: '1.34.4', apiVersions: ['example.com/v1'] } },
  { title: 'no Kubernetes version', inputs: { kubeVersion: 'latest' } },
  {
    title: 'a Kubernetes version that the chart refuses',
    files: { 'Chart.yaml': `${trapChart['Chart.yaml']}kubeVersion: ">=1.99.0"\n` },
  },
];

function withoutFolder(prefix: string): { readonly [path: string]: undefined } {
  const inside = Object.keys(trapChart).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(inside.map((name) => [name, undefined]));
}
