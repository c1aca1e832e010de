import path from 'node:path';
import ts from 'typescript';
import { programOf } from './compile';

/** Programs of a user with one mistake, and the word of the program that the compiler has to point at. */
const MISTAKES: readonly (readonly [construct: string, props: string, word: string])[] = [
  ['SecureService', "replicas: 'two'", 'replicas'],
  ['SecureService', "port: '8080'", 'port'],
  ['SecureService', 'replica: 2', 'replica'],
  ['SecureService', "resources: 'tiny'", 'resources'],
  ['SecureService', "resources: { cpu: '1', memori: '1Gi' }", 'memori'],
  ['SecureService', "env: { URL: { secretNam: 'a', key: 'b' } }", 'secretNam'],
  ['SecureService', 'env: { URL: null }', 'URL'],
  ['SecureService', 'env: { URL: process.env.URL }', 'URL'],
  ['SecureService', 'probes: { livenes: false }', 'livenes'],
  ['SecureService', 'probes: { liveness: true }', 'liveness'],
  ['SecureService', "ingress: { hostname: 'a.example.com' }", 'hostname'],
  ['SecureService', "ingress: { host: 'a.example.com', tls: true }", 'tls'],
  ['SecureService', 'labels: { team: 1 }', 'team'],
  ['SecureService', 'labels: { team: values.replicas }', 'team'],
  ['SecureService', 'replicas: values.tag', 'replicas'],
  ['SecureService', 'writable: [1]', '1'],
  ['SecureService', "ports: { metrics: '9000' }", 'metrics'],
  ['SecureService', 'ports: { metrics: { prot: 9000 } }', 'prot'],
  ['SecureService', "allowFrom: ['web']", "'web'"],
  ['SecureService', "storage: { path: '/data', sizes: '1Gi' }", 'sizes'],
  ['SecureWorker', "liveness: 'none'", 'liveness'],
  ['SecureWorker', "liveness: { none: 'it ends by itself' }, ports: {}", 'ports'],
  ['SecureCron', 'schedule: 5', 'schedule'],
  ['SecureCron', "schedule: '0 3 * * *', timezone: 'Asia/Kolkata'", 'timezone'],
  ['SecureCron', "schedule: '0 3 * * *', concurrency: 'allow'", 'concurrency'],
  ['SecureTask', "run: '1', backoffLimit: '3'", 'backoffLimit'],
  ['SecureAgent', "hostPaths: [{ reason: 'reads the logs', pathh: '/var/log' }]", 'pathh'],
  ['SecureAgent', 'hostNetwork: true', 'hostNetwork'],
];

const ENOUGH = "image: 'registry.example.com/a:1', resources: 'small'";
const NEEDED: Readonly<Record<string, string>> = {
  SecureService: 'port: 8080',
  SecureWorker: "liveness: { none: 'it ends by itself' }",
  SecureCron: "schedule: '0 3 * * *'",
  SecureTask: "run: '1'",
  SecureAgent: "liveness: { none: 'it ends by itself' }",
};

/** What a program says beside the mistake: what has to be said and is not said there. */
function around(construct: string, props: string): string {
  const said = [...`${ENOUGH}, ${NEEDED[construct] ?? ''}`.matchAll(/(\w+): (?:\{[^}]*\}|'[^']*'|\d+)/g)];
  return said
    .flatMap(([text, name]) => (new RegExp(`^${name}:|, ${name}:`).test(props) ? [] : [text]))
    .join(', ');
}

const HEAD = `import { App, defineValues, HelmChart, SecureAgent, SecureCron, SecureService, SecureTask, SecureWorker, value } from 'cdk8s-drydock';
const values = defineValues({
  replicas: value.integer({ default: 1, doc: 'd' }),
  tag: value.string({ default: '1', doc: 'd' }),
});
const chart = new HelmChart(new App(), 'shop', { description: 'd', values });
void [SecureAgent, SecureCron, SecureService, SecureTask, SecureWorker, chart];
`;

interface Complaint {
  readonly word: string;
  /** The first line of what is said. */
  readonly said: string;
}

function complaints(lines: readonly string[]): Complaint[][] {
  const file = path.join(__dirname, 'mistakes.ts');
  const program = programOf(new Map([[file, `${HEAD}${lines.join('\n')}`]]));
  const source = program.getSourceFile(file) as ts.SourceFile;
  const first = HEAD.split('\n').length - 1;
  const found: Complaint[][] = lines.map(() => []);
  for (const { start = 0, length = 0, messageText } of program.getSemanticDiagnostics(source)) {
    const { line } = source.getLineAndCharacterOfPosition(start);
    const said = ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0] as string;
    (found[line - first] as Complaint[]).push({ word: source.text.slice(start, start + length), said });
  }
  return found;
}

test('a wrong prop is told at its own name', () => {
  const lines = MISTAKES.map(
    ([construct, props]) => `new ${construct}(chart, 'a', { ${around(construct, props)}, ${props} });`,
  );
  const found = complaints(lines);
  expect(found.map((all) => all.map(({ word }) => word))).toEqual(MISTAKES.map(([, , word]) => [word]));
  // Its first line is for people: no type of another library, and none that fills a screen.
  expect(found.flat().filter(({ said }) => said.length > 240 || said.includes('import('))).toEqual([]);
});

test('the same programs without the mistake are none', () => {
  const lines = Object.keys(NEEDED).map(
    (construct) => `new ${construct}(chart, 'a', { ${around(construct, '')} });`,
  );
  expect(complaints(lines)).toEqual(lines.map(() => []));
});
