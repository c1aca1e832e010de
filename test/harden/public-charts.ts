import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A chart in the Go module of its project, so that the Go proxy gives it and nothing is copied; each is Apache-2.0. */
export interface PublicChart {
  readonly name: string;
  readonly module: string;
  /** What the module holds, as go.sum would have it. */
  readonly sum: string;
  /** Where the chart is in it. */
  readonly folder: string;
}

export const PUBLIC_CHARTS: readonly PublicChart[] = [
  {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server@v0.8.0',
    sum: 'h1:Zlsi3sBWEtFKCD3+xSysThvXyLQ363rUAlqpnsY5JwI=',
    folder: 'charts/metrics-server',
  },
  {
    name: 'external-dns',
    module: 'sigs.k8s.io/external-dns@v0.19.0',
    sum: 'h1:fyH3AN/WmOrbuAVYgtHPK4UhkNy9DR3gXMU65yQxuzQ=',
    folder: 'charts/external-dns',
  },
  {
    name: 'sealed-secrets',
    module: 'github.com/bitnami-labs/sealed-secrets@v0.32.2',
    sum: 'h1:YP3g8JLQqm482GbkaGLmO9AzelOsRaVSs41wv15CeB8=',
    folder: 'helm/sealed-secrets',
  },
];

/** The folder of a chart, fetched with the ordinary Go client where it is not there yet. */
export async function chartFolder({ module, sum, folder }: PublicChart): Promise<string> {
  // Outside of any module, so that Go looks at no other requirement.
  const cwd = mkdtempSync(path.join(tmpdir(), 'drydock-chart-'));
  const { stdout } = await run('go', ['mod', 'download', '-json', module], { cwd, env: process.env });
  const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`${module} has the sum ${Sum}, not ${sum}`);
  return path.join(Dir, folder);
}
