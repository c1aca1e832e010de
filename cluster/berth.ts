import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from './command';
import { ClusterError, type ClusterErrorCode } from './errors';
import { isAlive, type ProcessIdentity } from './identity';
import type { Layout } from './layout';
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

/** A holder that was started: its process, and a descriptor for each network that it keeps open. */
export interface Holder extends ProcessIdentity {
  readonly networks: Readonly<Record<string, number>>;
}

interface Reply {
  readonly error?: string;
  readonly port?: number;
  readonly answers?: boolean;
  readonly status?: string;
  readonly statuses?: Readonly<Record<string, string>>;
}

const remedies: Readonly<Partial<Record<string, string>>> = {
  NO_NAMESPACES: 'run where process, mount and network namespaces may be made (a privileged container, a VM)',
  NO_CGROUPS: 'mount the cgroup file system writable, as a privileged container or a VM has it',
  NAME_TAKEN: 'stop the cluster of that name first, or choose another name',
  FOREIGN: 'choose another name; what is in that folder was not made by a cluster, so it is left alone',
  START_FAILED: 'the message above comes from the kernel; check the rights of this process',
  STOP_FAILED: 'mend what the message above says, then stop the cluster again',
};

/** What berth said when it gave up: a word that it begins with tells which of our errors that is. */
function refusal(error: unknown, where: string, otherwise: 'START_FAILED' | 'STOP_FAILED'): ClusterError {
  const { stderr } = error as { stderr?: string };
  const said = (stderr || String(error)).trim();
  const word = /^(NO_NAMESPACES|NO_CGROUPS|NAME_TAKEN|FOREIGN) /.exec(said)?.[1];
  const code = word === 'FOREIGN' ? 'NAME_TAKEN' : ((word as ClusterErrorCode | undefined) ?? otherwise);
  return new ClusterError(
    code,
    {
      where,
      found: word ? said.slice(word.length + 1) : said,
      expected:
        otherwise === 'STOP_FAILED' ? 'all of it removed' : 'a holder for the namespaces of the cluster',
      remedy: remedies[word ?? otherwise]!,
    },
    { cause: error },
  );
}

/** What a holder is made from. */
export interface HoldOptions {
  /** Whether pods get a cgroup a node. */
  readonly pods: boolean;
  /** The process with which the cluster ends. */
  readonly owner: number | undefined;
}

/**
 * Makes the cluster's folder and starts the process that holds its namespaces. Until `ready` it ends with this process,
 * from then on with `owner`, whatever happens to that process. A cluster of the same name that is ending is waited for.
 */
export async function hold(layout: Layout, { pods, owner }: HoldOptions): Promise<Holder> {
  const berth = await tool('berth');
  const args = [
    'hold',
    `--root=${path.dirname(layout.directory)}`,
    `--id=${layout.id}`,
    `--cgroup=${layout.cgroup}`,
    `--nodes=${layout.nodes.map((node) => node.name).join(',')}`,
    `--pods=${pods}`,
    `--starter=${process.pid}`,
    `--owner=${owner ?? 0}`,
  ];
  try {
    return JSON.parse((await execute(berth, args)).stdout) as Holder;
  } catch (error) {
    // Should it have been killed half way, its holder may run; only what this call made has this cgroup.
    await end(path.dirname(layout.directory), layout.id, layout.cgroup).catch(() => undefined);
    throw refusal(error, `cluster ${layout.id}`, 'START_FAILED');
  }
}

/**
 * Ends the cluster of this name, in whatever state it is, and removes all of it. With a cgroup only the one that has
 * it: by now the name may belong to a later cluster.
 */
export async function end(root: string, id: string, cgroup = ''): Promise<void> {
  try {
    await execute(await tool('berth'), ['end', root, id, cgroup]);
  } catch (error) {
    throw refusal(error, `cluster ${id}`, 'STOP_FAILED');
  }
}

/** A cluster as its folder and its holder tell. */
export interface ClusterState {
  readonly id: string;
  /** `left` has no holder any more; `silent` has one that begins or ends in this moment. */
  readonly state: 'starting' | 'ready' | 'ending' | 'silent' | 'left';
}

/** Every cluster below a folder, whatever state it is in. */
export async function list(root: string): Promise<ClusterState[]> {
  return JSON.parse((await runCommand(await tool('berth'), ['list', root])).stdout) as ClusterState[];
}

/** Removes what clusters left whose holder was killed, and nothing that is not a cluster's. Returns their ids. */
export async function sweep(root: string): Promise<string[]> {
  return JSON.parse((await runCommand(await tool('berth'), ['sweep', root])).stdout) as string[];
}

/** The control socket of one holder. Every request is a connection of its own, so nothing stays open between. */
export class Berth {
  private readonly directory: string;

  constructor(
    private readonly layout: Pick<Layout, 'id' | 'directory' | 'cgroup'>,
    readonly holder: Holder,
  ) {
    this.directory = layout.directory;
  }

  /** The file that means a node's network, for nsenter. */
  networkFile(node: string): string {
    this.requireRunning();
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

  /**
   * Whether a program listens at an address inside a node's network and, given a path, answers there with 200. No port of
   * the machine is opened for it.
   */
  async answers(network: string, address: string, urlPath = ''): Promise<boolean> {
    return (await this.ask({ op: 'answers', network, address, path: urlPath })).answers ?? false;
  }

  /** Writes what other processes find the cluster by, and frees it from the life of the process that started it. */
  async ready(record: object): Promise<void> {
    await this.ask({ op: 'ready', record });
  }

  /** Ends the cluster. When this resolves its folder, its cgroups and its holder are gone. */
  async stop(): Promise<void> {
    await end(path.dirname(this.directory), this.layout.id, this.layout.cgroup);
    // Another may have removed the folder, and the holder may still have a step to go.
    await until(`the holder of ${this.directory} to end`, () => !this.isRunning(), { everyMs: 5 });
  }

  /** For what would reach another process, or bring back what is gone, once the holder has ended. */
  requireRunning(): void {
    if (this.isRunning()) return;
    throw new ClusterError('NOT_RUNNING', {
      where: `cluster ${this.layout.id}`,
      found: 'its holder has ended',
      expected: 'a running cluster',
      remedy: 'start it first',
    });
  }

  isRunning(): boolean {
    return isAlive(this.holder);
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
