import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { ClusterError, type ClusterErrorCode } from './errors';
import { tool } from './tools/tool';
import { until } from './until';

const execute = promisify(execFile);

/** One program of the cluster: where its network is, what is run, where its output goes. */
export interface Component {
  readonly name: string;
  readonly network: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly log: string;
}

/** A holder that runs: its process as the machine numbers it, and a descriptor for each network it keeps open. */
export interface Holder {
  readonly pid: number;
  readonly networks: Readonly<Record<string, number>>;
}

interface Reply {
  readonly error?: string;
  readonly port?: number;
  readonly status?: string;
  readonly statuses?: Readonly<Record<string, string>>;
}

function refusal(error: unknown, where: string): ClusterError {
  const { stderr } = error as { stderr?: string };
  const found = (stderr ?? String(error)).trim();
  const remedies: Partial<Record<ClusterErrorCode, string>> = {
    NO_NAMESPACES:
      'run where process, mount and network namespaces may be made (a privileged container, a VM)',
    NO_CGROUPS: 'mount the cgroup file system writable, as a privileged container or a VM has it',
    NAME_TAKEN: 'stop the cluster of that name first, or choose another name',
  };
  const named = /^(NO_NAMESPACES|NO_CGROUPS) /.exec(found)?.[1] as ClusterErrorCode | undefined;
  const code = named ?? (found.includes('file exists') ? 'NAME_TAKEN' : 'START_FAILED');
  return new ClusterError(
    code,
    {
      where,
      found: named ? found.slice(named.length + 1) : found,
      expected: 'a holder for the namespaces of the cluster',
      remedy: remedies[code] ?? 'the message above comes from the kernel; check the rights of this process',
    },
    { cause: error },
  );
}

/** Starts the process that holds a cluster's namespaces. It ends with `owner`, whatever happens to that process. */
export async function hold(
  root: string,
  id: string,
  options: { readonly nodes: readonly string[]; readonly pods: boolean; readonly owner: number | undefined },
): Promise<Holder> {
  const berth = await tool('berth');
  const args = [
    'hold',
    `--root=${root}`,
    `--id=${id}`,
    `--nodes=${options.nodes.join(',')}`,
    `--pods=${options.pods}`,
    `--owner=${options.owner ?? 0}`,
  ];
  try {
    const { stdout } = await execute(berth, args);
    return JSON.parse(stdout) as Holder;
  } catch (error) {
    throw refusal(error, `cluster ${id}`);
  }
}

/** Removes what clusters left whose holder was killed. Returns their ids. */
export async function sweep(root: string): Promise<string[]> {
  const { stdout } = await execute(await tool('berth'), ['sweep', root]);
  return JSON.parse(stdout) as string[];
}

/** The control socket of one holder. Every request is a connection of its own, so nothing stays open between. */
export class Berth {
  constructor(
    private readonly directory: string,
    readonly holder: Holder,
  ) {}

  /** The file that stands for a node's network, for nsenter. */
  networkFile(node: string): string {
    return `/proc/${this.holder.pid}/fd/${this.holder.networks[node]}`;
  }

  async start(component: Component): Promise<void> {
    await this.ask({ op: 'start', component });
  }

  async signal(name: string, signal: string): Promise<void> {
    await this.ask({ op: 'signal', name, signal });
  }

  /** Waits until a component ends and says how it did. */
  async wait(name: string): Promise<string> {
    return (await this.ask({ op: 'wait', name })).status ?? '';
  }

  /** The components that were started: '' while one runs, else how it ended. */
  async statuses(): Promise<Readonly<Record<string, string>>> {
    return (await this.ask({ op: 'status' })).statuses ?? {};
  }

  /** Opens a port on the machine's loopback that leads to an address inside a node's network. */
  async forward(network: string, address: string, port = 0): Promise<number> {
    return (await this.ask({ op: 'forward', network, address, port })).port!;
  }

  /** Ends the cluster and waits until the kernel has let go of its process. */
  async stop(): Promise<void> {
    if (!this.isRunning()) return;
    // It may end by itself in between, with its owner or because somebody else stopped it.
    await this.ask({ op: 'stop' }).catch((error: unknown) => {
      if (this.isRunning()) throw error;
    });
    await until(`the holder of ${this.directory} to end`, () => !this.isRunning(), { everyMs: 5 });
  }

  isRunning(): boolean {
    try {
      // A process that ended but was not yet collected has state Z and holds nothing any more.
      const stat = readFileSync(`/proc/${this.holder.pid}/stat`, 'utf8');
      return existsSync(path.join(this.directory, 'lock')) && !/\) Z /.test(stat);
    } catch {
      return false;
    }
  }

  private ask(request: object): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const failed = (found: string, cause?: unknown) => {
        const facts = {
          where: `cluster ${path.basename(this.directory)}, request ${JSON.stringify(request).slice(0, 200)}`,
          found,
          expected: 'the holder of the cluster to do it',
          remedy: found.includes('address already in use')
            ? 'choose another port, or leave the port out to get a free one'
            : `read ${path.join(this.directory, 'berth.log')}; after \`stop\` start a new cluster`,
        };
        const code: ClusterErrorCode = found.includes('address already in use')
          ? 'PORT_TAKEN'
          : this.isRunning()
            ? 'COMPONENT_FAILED'
            : 'NOT_RUNNING';
        reject(new ClusterError(code, facts, { cause }));
      };
      let text = '';
      const socket = connect(path.join(this.directory, 'control.sock'));
      socket.on('error', (error) => failed(error.message, error));
      socket.on('data', (chunk) => {
        text += chunk.toString('utf8');
        if (!text.endsWith('\n')) return;
        socket.destroy();
        const reply = JSON.parse(text) as Reply;
        if (reply.error) failed(reply.error);
        else resolve(reply);
      });
      socket.on('end', () => failed('the connection closed before an answer'));
      socket.write(`${JSON.stringify(request)}\n`);
    });
  }
}
