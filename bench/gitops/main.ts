/**
 * Measures our GitOps controller and Flux's kustomize-controller on one API server in one run, one after the other, with the
 * same Applications of four objects each. Writes its block in docs/benchmarks.md and the plot beside it:
 *
 *     npx tsx bench/gitops/main.ts [APPLICATIONS] [--interval SECONDS] [--seconds N] [--more APPLICATIONS]
 *
 * With 1,000 Applications, of which Flux would bring in one in a second or two, it is given `--seconds` for each first apply,
 * and its rate is of that time. `--more` measures the memory of ours once more, with so many. `--only-ours` writes nothing.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../../cluster';
import { GitServer } from '../../gitops/testing-only/git-server';
import { Connection } from '../../kube';
import { withBlock } from '../../scripts/generated-block';
import { teachApplications } from '../../test/gitops/world';
import { Artifacts } from './artifacts';
import { picture, text } from './page';
import type { Place } from './place';
import { Run } from './run';

const documents = path.join(__dirname, '..', '..', 'docs');

async function main(given: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...given],
    options: {
      interval: { type: 'string', default: '30' },
      seconds: { type: 'string', default: '120' },
      more: { type: 'string' },
      'only-ours': { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const count = Number(positionals[0] ?? 1_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-bench-gitops-'));
  const server = new GitServer();
  const artifacts = new Artifacts();
  const load = loadavg()[0]?.toFixed(1);
  const [cluster] = await Promise.all([
    // Calls are counted in the audit log, which must not begin anew in the middle.
    startCluster({ controlPlaneOnly: true, apiserverArgs: ['--audit-log-maxsize=8000'] }),
    server.start(),
    artifacts.start(),
  ]);
  const connection = new Connection({
    ...{ kubeconfig: cluster.kubeconfig, namespace: 'default', userAgent: 'bench' },
  });
  const place: Place = { cluster, connection, folder, intervalSeconds: Number(values.interval) };
  const run = new Run(place, server, artifacts, { count, seconds: Number(values.seconds) });
  try {
    await teachApplications(cluster, connection);
    if (values['only-ours']) {
      await run.ours();
      if (values.more) await run.more(Number(values.more));
      return;
    }
    const figures = await run.all(values.more === undefined ? [] : [Number(values.more)]);
    const about = `\`npx tsx bench/gitops/main.ts ${given.join(' ')}\`, Node ${process.version}, ${cpus().length} CPUs, load ${load} at the start and ${loadavg()[0]?.toFixed(1)} at the end, ${new Date().toISOString().slice(0, 10)}. Where the load is above the CPUs other programs were at work, and the ratios say more than the seconds.`;
    const block = text(figures, about);
    process.stdout.write(`${block}\n`);
    const page = path.join(documents, 'benchmarks.md');
    writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'gitops', block));
    writeFileSync(path.join(documents, 'benchmarks-gitops.svg'), picture(figures));
  } finally {
    connection.close();
    await cluster.stop();
    await server.stop();
    await artifacts.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
