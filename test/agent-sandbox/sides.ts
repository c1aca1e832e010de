import type { Cluster } from '../../cluster';
import { until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { agentSandboxPool, type BackendName, type Sandboxes } from '../../sandbox';
import { RuntimeInstallation } from '../sandbox-runtime/runtime';
import type { Side } from './calls';
import { AgentSandboxAdminChart } from './chart';
import type { AgentSandboxController } from './controller';

/** Both backends in one namespace, over one template, with as many warm each. */
export class Sides {
  readonly all: readonly Side[];
  readonly #opened: Sandboxes[] = [];

  private constructor(
    readonly installation: RuntimeInstallation,
    private readonly warm: number,
    private readonly values: JsonObject,
    private readonly poolName: string,
  ) {
    this.all = (['jobs', 'agent-sandbox'] as const).map((name) => this.#side(name));
  }

  static async install(cluster: Cluster, controller: AgentSandboxController, warm: number): Promise<Sides> {
    const chart = (app: ConstructorParameters<typeof AgentSandboxAdminChart>[0]) =>
      new AgentSandboxAdminChart(app);
    const installation = await new RuntimeInstallation(cluster, {}, undefined, chart).install();
    await controller.start(cluster);
    const values = installation.run({ cpu: '50m' });
    const { template, sandboxNamespace: namespace } = installation;
    const objects = agentSandboxPool({ template, namespace, values, warm });
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    await cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], { input });
    return new Sides(installation, warm, values, objects[1].metadata.name);
  }

  /** Resolves when both have as many warm as they keep. */
  async full(withinMs = 120_000): Promise<void> {
    const { cluster, sandboxNamespace } = this.installation;
    await this.all[0]!.sandboxes.warmUp(withinMs);
    const path = '{.status.readyReplicas}';
    await until(
      'the pool of agent-sandbox to be full',
      async () => {
        const { stdout } = await cluster.kubectl([
          ...['get', 'sandboxwarmpool', this.poolName, '-n', sandboxNamespace],
          `-o=jsonpath=${path}`,
        ]);
        return Number(stdout) >= this.warm;
      },
      { withinMs },
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((one) => one.close().catch(() => {})));
    await this.installation.remove();
  }

  #side(name: BackendName): Side {
    const { installation, values } = this;
    const open = (pooled: boolean) => {
      const pool = pooled && name === 'jobs' ? { warm: this.warm, values } : undefined;
      const one = installation.sandboxes({ backend: name, pool });
      this.#opened.push(one);
      return one;
    };
    return { name, installation, values, sandboxes: open(true), open: () => open(false) };
  }
}
