/**
 * Lets the engines of Argo CD and of Flux bring a chart with a Migration into a real cluster, and writes what became of it
 * to docs/evidence/gitops.md. Ends with an error where something is not as docs/decisions/0021-migrations.md says.
 *
 *     npx tsx evidence/gitops.ts     needs Go, root, and the network at the first time
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startCluster, type TestNamespace, tool, withNamespace } from '../cluster';
import { runCommand } from '../cluster/command';
import { App, Testing } from '../core/synth';
import type { JsonObject } from '../core/template';
import { Shop } from '../test/migration/shop';
import { argo, flux } from './gitops/tool';
import { type Render, type Row, Trial } from './gitops/trial';

const document = path.join(__dirname, '..', 'docs', 'evidence', 'gitops.md');

/** As Argo CD gets a chart: what `helm template` prints of it. */
function renderedBy(helm: string, chart: string): Render {
  return async (values) => {
    const given = Object.entries(values).flatMap(([key, one]) => [
      '--set-json',
      `${key}=${JSON.stringify(one)}`,
    ]);
    const { stdout } = await runCommand(helm, ['template', 'shop', chart, ...given]);
    return parseAllDocuments(stdout)
      .map((one) => one.toJSON())
      .filter((object) => object !== null);
  };
}

/** As Flux's Kustomization gets plain YAML. */
const plain: Render = async (values) =>
  JSON.parse(JSON.stringify(Testing.synth(new Shop(Testing.app()), { values })));

async function secretOf({ kubectl }: TestNamespace, name: string): Promise<JsonObject> {
  await kubectl(['create', 'secret', 'generic', name, `--from-literal=url=http://shop-${name}`]);
  return { database: { existingSecret: name } };
}

async function trials(folder: string): Promise<readonly Row[]> {
  const app = new App({ outdir: path.join(folder, 'manifests') });
  new Shop(app);
  app.synth();
  const helm = renderedBy(await tool('helm-4'), path.join(folder, 'charts', 'shop'));
  await using cluster = await startCluster();
  const scratch = (name: string) => {
    const own = path.join(folder, name);
    mkdirSync(own);
    return own;
  };
  const ofArgo = await withNamespace(cluster, async (namespace) => {
    const databases = {
      one: { database: { url: 'http://shop-one' } },
      two: { database: { url: 'http://shop-two' } },
    };
    return new Trial(argo(cluster, namespace, scratch('argo')), namespace, helm, databases).run();
  });
  const ofFlux = await withNamespace(cluster, async (namespace) => {
    const databases = { one: await secretOf(namespace, 'one'), two: await secretOf(namespace, 'two') };
    return new Trial(flux(cluster, namespace, scratch('flux')), namespace, plain, databases).run();
  });
  return [...ofArgo, ...ofFlux];
}

function page(rows: readonly Row[]): string {
  return `# Migrations by Argo CD and by Flux

\`npx tsx evidence/gitops.ts\` gives a chart with a Migration to the engines of both, on the embedded cluster: Argo CD's
\`gitops-engine\` (the module \`github.com/argoproj/argo-cd/gitops-engine\` of 14 September 2026, which decides on phases, hooks and
pruning) is given what \`helm template\` prints; Flux's \`ssa.ResourceManager\` (\`github.com/fluxcd/pkg/ssa\` 0.78.0, which does the work of
kustomize-controller: apply, prune by inventory, wait) is given plain YAML. The two programs around them are in \`evidence/gitops/\`.
What is not in this trial: the controllers themselves, which decide when to sync and keep the inventory in an object, and
objects of several waves, which want the loop of Argo CD's controller around its engine.

| engine | step | what became of it | as recorded |
|---|---|---|---|
${rows.map(({ tool: by, step, seen, isRight }) => `| ${by} | ${step} | ${seen} | ${isRight ? 'yes' : '**no**'} |`).join('\n')}
`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-gitops-'));
  try {
    const rows = await trials(folder);
    writeFileSync(document, page(rows));
    process.exitCode = rows.every(({ isRight }) => isRight) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
