import path from 'node:path';
import { attachCluster, type ClusterOptions, type KubernetesMinor, startCluster, tool } from '../cluster';
import { clusterStates, findCluster, removeCluster } from '../cluster/attach';
import { ensureBaseImage } from '../cluster/images/build';
import { setUpTools } from '../cluster/tools/setup-tools';
import { DEFAULT_NAME, readyText, stateText } from './cluster-text';
import { type Command, type Io, UsageError } from './command';
import { interruptible } from './interruptible';
import { parseOptions } from './parse-options';

const HELP = `Usage: drydock cluster <up | status | kubeconfig | exec | down | setup> [options]

A real Kubernetes cluster on this machine (Linux, root), without Docker. Nothing in it can reach the network outside.

  up                start one and leave it running
      --name NAME             its name (default ${DEFAULT_NAME})
      --nodes 1|2             how many nodes (default 1)
      --control-plane-only    etcd, the API server and the controllers only
      --version 1.33|1.34|1.36   other versions than 1.34 are control planes only
      --port PORT             port of the API server on 127.0.0.1 (default a free one)
  status            list every cluster, also one that is not ready, and which component of it has ended
  kubeconfig        print the path of the kubeconfig: export KUBECONFIG=$(drydock cluster kubeconfig)
  exec -- CMD       run CMD inside the cluster's network, with kubectl and helm on the PATH
  down              stop it, in whatever state it is, and remove all it made
  setup             install and build everything that \`up\` needs, and start nothing

kubeconfig, exec and down take --name too.
`;

const nameOption = { name: { type: 'string', default: DEFAULT_NAME } } as const;

function oneOf<Value extends string>(option: string, found: string, values: readonly Value[]): Value {
  const value = values.find((candidate) => candidate === found);
  if (value !== undefined) return value;
  const wanted = values.join(', ');
  throw new UsageError(`--${option} takes one of ${wanted}, found "${found}"`, 'drydock cluster --help');
}

function upOptions(argv: readonly string[]): ClusterOptions {
  const { values } = parseOptions('cluster', argv, {
    ...nameOption,
    nodes: { type: 'string', default: '1' },
    'control-plane-only': { type: 'boolean', default: false },
    version: { type: 'string', default: '1.34' },
    port: { type: 'string', default: '0' },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(
      `--port takes a number from 0 to 65535, found "${values.port}"`,
      'drydock cluster --help',
    );
  }
  return {
    name: values.name,
    nodes: oneOf('nodes', values.nodes, ['1', '2']) === '2' ? 2 : 1,
    controlPlaneOnly: values['control-plane-only'],
    version: oneOf<KubernetesMinor>('version', values.version, ['1.33', '1.34', '1.36']),
    apiPort: port,
    owner: 'none',
  };
}

/** What these commands do to this machine; unit tests put something else in its place. */
const machine = {
  attachCluster,
  clusterStates,
  ensureBaseImage,
  findCluster,
  removeCluster,
  setUpTools,
  startCluster,
  tool,
};

export type Machine = typeof machine;

type Action = (machine: Machine, argv: readonly string[], io: Io) => Promise<number>;

async function up({ setUpTools, startCluster }: Machine, argv: readonly string[], io: Io): Promise<number> {
  const options = upOptions(argv);
  await setUpTools([], (line) => io.err(`${line}\n`));
  return interruptible(async (signal) => {
    const started = Date.now();
    const cluster = await startCluster({ ...options, signal }).catch((error: unknown) => {
      if (signal.aborted) io.err(`cluster ${options.name} was given up; nothing of it is left\n`);
      throw error;
    });
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    io.out(readyText(cluster, seconds));
    return 0;
  });
}

async function status(
  { clusterStates, findCluster }: Machine,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  parseOptions('cluster', argv, {});
  const states = await clusterStates();
  if (states.length === 0) io.out('no cluster is running; start one with `drydock cluster up`\n');
  for (const one of states) io.out(await stateText(one, findCluster));
  return 0;
}

async function kubeconfig({ attachCluster }: Machine, argv: readonly string[], io: Io): Promise<number> {
  const { values } = parseOptions('cluster', argv, nameOption);
  io.out(`${attachCluster(values.name).kubeconfig}\n`);
  return 0;
}

async function exec({ attachCluster, tool }: Machine, argv: readonly string[]): Promise<number> {
  const dashes = argv.indexOf('--');
  const command = dashes < 0 ? [] : argv.slice(dashes + 1);
  const { values } = parseOptions('cluster', dashes < 0 ? argv : argv.slice(0, dashes), nameOption);
  const [file, ...args] = command;
  if (file === undefined) {
    throw new UsageError(
      'exec takes a command after two dashes: drydock cluster exec -- kubectl get pods',
      'drydock cluster --help',
    );
  }
  const cluster = attachCluster(values.name);
  const folders = [await tool('kubectl'), await tool('helm-4')].map((binary) => path.dirname(binary));
  const env = { PATH: [...folders, process.env.PATH].join(path.delimiter) };
  return cluster.runAttached(file, args, { env });
}

async function down(
  { attachCluster, clusterStates, removeCluster }: Machine,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const { values } = parseOptions('cluster', argv, nameOption);
  // One that is not there at all is told as attaching tells it, with the names of those that are.
  if (!(await clusterStates()).some(({ id }) => id === values.name)) attachCluster(values.name);
  await removeCluster(values.name);
  io.out(`cluster ${values.name} is gone\n`);
  return 0;
}

async function setup(
  { ensureBaseImage, setUpTools }: Machine,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  parseOptions('cluster', argv, {});
  const progress = (line: string) => io.err(`${line}\n`);
  await setUpTools([], progress);
  await ensureBaseImage(progress);
  return 0;
}

const actions: Readonly<Record<string, Action>> = { up, status, kubeconfig, exec, down, setup };

/** `drydock cluster ...`: a cluster for people, from the same library that tests use. */
export const clusterCommand: Command = (argv, io) => clusterCommandOn(machine, argv, io);

export async function clusterCommandOn(on: Machine, argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  const asksForHelp = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined).includes('--help');
  if (name === undefined || name === '--help' || name === '-h' || asksForHelp) {
    io.out(HELP);
    return 0;
  }
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action) return action(on, rest, io);
  throw new UsageError(
    `unknown command cluster ${name}, expected one of ${Object.keys(actions).join(', ')}`,
    'drydock cluster --help',
  );
}
