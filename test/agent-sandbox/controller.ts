import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { type Cluster, tool, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { freePort } from '../../gitops/testing-only/free-port';
import { goModule } from '../../scripts/imports/go-module';
import { ended } from '../gitops/world';

const KINDS = ['sandboxclaims', 'sandboxtemplates', 'sandboxwarmpools'];
const PINS = path.resolve(__dirname, '../../cluster/tools/agent-sandbox');

/** The real controller of agent-sandbox beside a cluster of tests, as a process of this machine. */
export class AgentSandboxController {
  #process: ChildProcess | undefined;
  readonly #said: string[] = [];
  version = '';

  async start(cluster: Cluster): Promise<this> {
    const [program, { Dir, Version }] = await Promise.all([
      tool('agent-sandbox-controller'),
      goModule('sigs.k8s.io/agent-sandbox', PINS),
    ]);
    this.version = Version;
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: await definitions(Dir) });
    await cluster.kubectl(['apply', '--server-side', '-f', '-'], { input });
    // It ends at once where one of them is not known yet.
    await until('the API server to know all kinds of agent-sandbox', async () => {
      const kinds = `${KINDS.join()},sandboxes.agents.x-k8s.io`;
      const answer = await cluster.kubectl(['get', kinds, '-A'], { allowFailure: true });
      return answer.code === 0;
    });
    const [health, metrics] = [await freePort(), await freePort()];
    const args = [
      `--kubeconfig=${cluster.kubeconfig}`,
      '--extensions',
      '--leader-elect=false',
      // Only one version of its resources is used here.
      '--enable-webhook=false',
      `--health-probe-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
    ];
    this.#process = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    createInterface({ input: this.#process.stderr! }).on('line', (line) => this.#said.push(line));
    return this;
  }

  /** Its last words, for the message of a wait in vain. */
  said(): string {
    return this.#said.slice(-12).join('\n');
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) await ended(this.#process, 'SIGKILL');
  }
}

/** As its makers give them to a cluster, but for the webhook that converts between versions. */
async function definitions(module: string): Promise<JsonObject[]> {
  const folder = path.join(module, 'k8s/crds');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'));
  const read = files.map(async (file) => parse(await readFile(path.join(folder, file), 'utf8')));
  return (await Promise.all(read)).map(({ spec, ...definition }) => ({
    ...definition,
    spec: { ...spec, conversion: { strategy: 'None' } },
  }));
}
