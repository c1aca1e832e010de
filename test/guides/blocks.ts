import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(__dirname, '../..');

/** A piece of TypeScript on a page. */
export interface Block {
  /** `helm.md 2`: the page, and which of its pieces. */
  readonly name: string;
  readonly text: string;
}

/** Every piece of TypeScript in README and the guides. */
export function blocks(): Block[] {
  const guides = readdirSync(path.join(repository, 'docs/guides')).map((name) => `docs/guides/${name}`);
  return ['README.md', ...guides].flatMap((page) => {
    const text = readFileSync(path.join(repository, page), 'utf8');
    const found = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
    return found.map(([, code], index) => ({
      name: `${path.basename(page)} ${index + 1}`,
      text: code as string,
    }));
  });
}

/** What is around a piece that is no whole program: the lines that its page speaks of in words. */
interface Around {
  readonly before?: string;
  readonly after?: string;
}

const CONSTRUCTS = `import { App, ConfigBundle, defineValues, HelmChart, HelmTest, readTemplate,
  SecureService, value, when } from 'cdk8s-drydock';
import { JsonPatch } from 'cdk8s';
import { readFileSync } from 'node:fs';`;
const CHART = `${CONSTRUCTS}
const app = new App();`;
const API = `const api = new SecureService(chart, 'api', { image: 'registry.example.com/api:1.0.0', port: 8080, resources: 'small' });`;
const FAMILY = `${CHART}
import { Metric, SecureAgent, SecureCron, SecureTask, SecureWorker } from 'cdk8s-drydock';
const chart = new HelmChart(app, 'shop', { description: 'A shop' });`;
const WATCHED = `const program = { image: 'registry.example.com/shop:1', resources: 'small', liveness: { none: 'why' } } as const;`;
const FROM_HELM = `${CHART}
import { bytesOf, imageReference, KubeObject, release, SecureCron, text } from 'cdk8s-drydock';`;

/** The first pieces of a page, which its next one goes on from. */
function piecesOf(page: string, many: number): string {
  const numbers = Array.from({ length: many }, (_, index) => `${page} ${index + 1}`);
  return blocks()
    .filter(({ name }) => numbers.includes(name))
    .map(({ text }) => text)
    .join('\n');
}

const SANDBOXES = `import { Sandboxes } from 'cdk8s-drydock/sandbox';
declare const sandboxes: Sandboxes;`;
const CLAIMED = `declare const again: Awaited<ReturnType<Sandboxes['claim']>>;`;

/**
 * Each piece of each page, and what has to be around it. A piece that is not in here fails a test, so that a new one is
 * tried as the others are.
 */
export const around: Readonly<Record<string, Around>> = {
  'README.md 1': {},
  'ci-fixer.md 1': { before: CONSTRUCTS },
  'cluster.md 1': {},
  'cluster.md 2': { before: `import { startCluster } from 'cdk8s-drydock/testing';` },
  'controller.md 1': {},
  'controller.md 2': {},
  'deploy.md 1': {},
  'gitops.md 1': {},
  'guardrails.md 1': {},
  'guardrails.md 2': {
    before: `${CHART}
import { checkRules, type Guardrail, GuardrailPolicy } from 'cdk8s-drydock';
declare const rules: Guardrail[];`,
  },
  'from-helm.md 1': { before: CONSTRUCTS },
  'from-helm.md 2': { before: `${FROM_HELM}\n${piecesOf('from-helm.md', 1)}` },
  'from-helm.md 3': { before: `${FROM_HELM}\n${piecesOf('from-helm.md', 2)}` },
  // All of the page is one program.
  'from-helm.md 4': { before: `${FROM_HELM}\n${piecesOf('from-helm.md', 3)}`, after: 'app.synth();' },
  'from-helm.md 5': { before: CHART, after: 'app.synth();' },
  'harden.md 1': {},
  'helm.md 1': {
    before: `${CONSTRUCTS}\nimport * as kplus from 'cdk8s-plus-28';`,
  },
  'helm.md 2': {
    before: `${CHART}
const values = defineValues({ replicas: value.integer({ default: 1, min: 1, max: 9, doc: 'How many' }) });`,
    after: `new SecureService(chart, 'web', { image: 'registry.example.com/web:1', port: 8080, resources: 'small', replicas: values.replicas });
app.synth();`,
  },
  'helm.md 3': {
    before: `${CHART}
const chart = new HelmChart(app, 'shop', { description: 'A shop' });`,
  },
  'helm.md 4': {
    before: `${CHART}
const chart = new HelmChart(app, 'shop', { description: 'A shop' });
const web = new SecureService(chart, 'web', { image: 'registry.example.com/shop:1', port: 8080, resources: 'small' });`,
    after: 'app.synth();',
  },
  'helm.md 5': {
    before: `${CONSTRUCTS}
import type { Construct } from 'constructs';
import { Backend, backendValues, shopGlobals } from '../../examples/umbrella/backend';`,
    after: 'const app = new App();\nnew Shop(app);\napp.synth();',
  },
  'network.md 1': {
    before: `${CHART}
import { apiServerValues, dnsValues, Migration } from 'cdk8s-drydock';
const chart = new HelmChart(app, 'shop', { description: 'A shop' });
const program = { image: 'registry.example.com/api:1.0.0', port: 8080, resources: 'small' } as const;
const job = { image: 'registry.example.com/api:1.0.0', resources: 'small', command: ['migrate'] } as const;`,
  },
  'sandbox-rbac.md 1': {},
  'sandbox.md 1': {},
  'sandbox.md 2': {
    before: `${SANDBOXES}\nimport { readFileSync } from 'node:fs';`,
  },
  'sandbox.md 3': { before: `${SANDBOXES}\nconst image = 'registry.example.com/tools:1.0.0';` },
  'sandbox.md 4': { before: `${SANDBOXES}\nconst image = 'registry.example.com/tools:1.0.0';` },
  'sandbox.md 5': { before: SANDBOXES },
  'sandbox.md 6': { before: `${SANDBOXES}\n${CLAIMED}` },
  'sandbox.md 7': { before: `${SANDBOXES}\n${CLAIMED}` },
  'sandbox.md 8': { before: `${SANDBOXES}\n${CLAIMED}` },
  'sandbox.md 9': { before: SANDBOXES },
  'secure-service.md 1': {},
  'secure-service.md 2': {
    before: `${CHART}
const values = defineValues({
  level: value.string({ default: 'info', doc: 'How much is logged' }),
  database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
});
const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
const program = { image: 'registry.example.com/api:1.0.0', port: 8080, resources: 'small' } as const;`,
    after: 'app.synth();',
  },
  // The image would have to hold its program; tests of the construct run migrations that do.
  'secure-service.md 3': {
    before: `${CHART}
import { Migration, text } from 'cdk8s-drydock';
const values = defineValues({
  tag: value.string({ default: '1.0.0', pattern: '^[a-z0-9.]+$', doc: 'Tag of the image' }),
  database: value.secret({ doc: 'The database', keys: { url: 'Where it is' } }),
});
const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
const config = new ConfigBundle(chart, 'config', { secrets: { DATABASE_URL: values.database.key('url') } });
const db = new SecureService(chart, 'db', { image: 'registry.example.com/db:16', port: 5432, resources: 'small' });`,
  },
  // What it prints wants a controller that the cluster of the guides has not.
  'secure-service.md 4': {
    before: `${CHART}
import { RolloutAnalysis } from 'cdk8s-drydock';
const chart = new HelmChart(app, 'shop', { description: 'A shop' });`,
  },
  'secure-service.md 5': {
    before: `${CHART}
const values = defineValues({ hostname: value.dnsName({ default: 'api', doc: 'Its name inside' }) });
const chart = new HelmChart(app, 'shop', { description: 'A shop', values });
${API.replace("'small' }", "'small', replicas: 2 }")}`,
    after: 'app.synth();',
  },
  'secure-service.md 6': {
    before: `${CHART}
const chart = new HelmChart(app, 'shop', { description: 'A shop' });
${API}`,
    after: 'app.synth();',
  },
  'workloads.md 1': { before: FAMILY },
  'workloads.md 2': { before: `${FAMILY}\n${WATCHED}` },
  'workloads.md 3': { before: `${FAMILY}\n${WATCHED}` },
  'todo-stack.md 1': {
    before: `import { App, RolloutAnalysis } from 'cdk8s-drydock';
import { backendValues, TodoStackChart } from 'cdk8s-drydock/charts';
const app = new App();`,
  },
};

/** A piece with what is around it: a module that a compiler takes. Imports come first, as the language wants it. */
export function wholeOf({ name, text }: Block): string {
  const { before = '', after = '' } = around[name] ?? {};
  return `${before}\n${text}\n${after}\nexport {};\n`;
}

/** Whether a piece is a program that writes something: its output is installed by a test. */
export function isProgram(block: Block): boolean {
  return wholeOf(block).includes('app.synth()');
}
