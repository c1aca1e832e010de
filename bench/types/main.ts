/**
 * How long the compiler needs for a program that says 2,000 props, written with this library and with cdk8s-plus: the time
 * of the checker on the program alone, the libraries being read and bound before. Both are there as their users have them: as
 * declarations, in which the checker infers nothing of the library itself. Written to docs/benchmarks.md.
 *
 *     npx tsx bench/types/main.ts
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/benchmarks.md');
const DECLARATIONS = 'node_modules/.cache/drydock-declarations';
const ROUNDS = 80;
const WORKLOADS = 100;

/** Twenty props for each workload, names and numbers of its own, so that nothing is the same type twice. */
const OURS = `import { App, defineValues, HelmChart, Probe, SecureService, value } from './${DECLARATIONS}/index';
const values = defineValues({ replicas: value.integer({ default: 2, min: 1, max: 9, doc: 'd' }) });
const shop = new HelmChart(new App(), 'shop', { description: 'd', values });
${workloads(
  (n) => `new SecureService(shop, 'api-${n}', {
  image: 'registry.example.com/api:${n}', port: ${8000 + n}, replicas: values.replicas,
  resources: { cpu: '${n + 1}m', memory: '${n + 1}Mi' },
  env: { A_${n}: 'a', B_${n}: { secretName: 'b', key: 'b${n}' }, C_${n}: ${n} },
  writable: ['/tmp/${n}'], labels: { team: 't${n}' }, nodeSelector: { disk: 'd${n}' },
  probes: { liveness: Probe.http('/live/${n}', { periodSeconds: ${n + 1} }), startup: false },
  ports: { metrics: ${9000 + n} }, user: ${1000 + n}, preStopSeconds: ${n},
  terminationGracePeriodSeconds: ${n + 30}, serviceName: 'api-${n}',
});`,
)}`;
const PLUS = `import { App, Chart, Size } from 'cdk8s';
import { Cpu, Deployment, EnvValue, Probe, Secret } from 'cdk8s-plus-34';
import { Duration } from 'cdk8s';
const shop = new Chart(new App(), 'shop');
${workloads(
  (n) => `new Deployment(shop, 'api-${n}', {
  replicas: ${n}, metadata: { labels: { team: 't${n}' } }, podMetadata: { labels: { disk: 'd${n}' } },
  securityContext: { user: ${1000 + n}, group: ${1000 + n} },
  containers: [{
    image: 'registry.example.com/api:${n}', portNumber: ${8000 + n},
    ports: [{ number: ${9000 + n}, name: 'metrics' }],
    resources: { cpu: { request: Cpu.millis(${n + 1}) }, memory: { limit: Size.mebibytes(${n + 1}) } },
    envVariables: {
      A_${n}: EnvValue.fromValue('a'), C_${n}: EnvValue.fromValue('${n}'),
      B_${n}: EnvValue.fromSecretValue({ secret: Secret.fromSecretName(shop, 's${n}', 'b'), key: 'b${n}' }),
    },
    liveness: Probe.fromHttpGet('/live/${n}', { periodSeconds: Duration.seconds(${n + 1}) }),
  }],
});`,
)}`;

/** The declarations of the package, as `make` builds them. */
function declare(): void {
  const out = path.join(ROOT, DECLARATIONS);
  rmSync(out, { recursive: true, force: true });
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  const options = ['--declaration', '--emitDeclarationOnly', '--outDir', out];
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', ...options], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

function workloads(one: (n: number) => string): string {
  return Array.from({ length: WORKLOADS }, (_, n) => one(n)).join('\n');
}

/** The files of the libraries are read once for all rounds; the checker of each round begins anew. */
const read = new Map<string, ts.SourceFile | undefined>();

interface Checked {
  /** Processor time of the checker. */
  readonly ms: number;
  /** How many types it made; the same in every round. */
  readonly types: number;
}

/** What the checker needs for the program, which has to be right. */
function check(text: string): Checked {
  const file = path.join(ROOT, 'a-program-of-a-user.ts');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: ['node'], target: ts.ScriptTarget.ES2022 },
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, target, ...more) => {
    if (name === file) return ts.createSourceFile(name, text, target);
    if (!read.has(name)) read.set(name, getSourceFile(name, target, ...more));
    return read.get(name);
  };
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file) as ts.SourceFile;
  const before = process.cpuUsage();
  const faults = program.getSemanticDiagnostics(source);
  const { user, system } = process.cpuUsage(before);
  if (faults.length > 0) throw new Error(ts.flattenDiagnosticMessageText(faults[0]?.messageText ?? '', '\n'));
  return { ms: (user + system) / 1000, types: program.getTypeCount() };
}

function timesOf(rounds: readonly Checked[]): number[] {
  return rounds.map(({ ms }) => ms);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;
}

/** Leaves that are given: what stands behind a colon and is no object. */
function propsIn(text: string): number {
  return text.match(/: (?!\{)/g)?.length ?? 0;
}

function ratioOf([ours = 0, theirs = 1]: readonly number[]): string {
  return `${(ours / theirs).toFixed(2)}x`;
}

const BEGIN = '<!-- generated: types -->';
const END = '<!-- end: types -->';

function main(): void {
  declare();
  const programs = [
    { name: 'cdk8s-drydock', text: OURS, rounds: [] as Checked[] },
    { name: 'cdk8s-plus-34', text: PLUS, rounds: [] as Checked[] },
  ];
  // By turns, so that what else the machine does meets both; and each goes first as often, for the second finds the garbage of the first.
  for (let round = 0; round < ROUNDS; round++)
    for (const { text, rounds } of round % 2 ? programs : [...programs].reverse()) rounds.push(check(text));
  const rows = programs.map(({ name, text, rounds }) => {
    const times = timesOf(rounds);
    const cells = [
      name,
      WORKLOADS,
      propsIn(text),
      rounds[0]?.types,
      ...[median(times), Math.min(...times)].map(Math.round),
    ];
    const row = `| ${cells.join(' | ')} to ${Math.round(Math.max(...times))} |`;
    process.stdout.write(`${row}\n`);
    return row;
  });
  const block = `${BEGIN}

| program of | workloads | props | types made | ms of the checker, median of ${ROUNDS} | least to most |
|---|---|---|---|---|---|
${rows.join('\n')}

Ours against cdk8s-plus, both at their median: ${ratioOf(programs.map(({ rounds }) => median(timesOf(rounds))))}; both at their
least: ${ratioOf(programs.map(({ rounds }) => Math.min(...timesOf(rounds))))}.

${END}`;
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  if (!page.includes(BEGIN) || !page.includes(END)) throw new Error(`${BEGIN} is not in docs/benchmarks.md`);
  writeFileSync(PAGE, `${before}${block}${after}`);
}

main();
