import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { tool } from '../../cluster';
import { storage } from '../../cluster/images/build';
import { temporaryFolder } from '../package/consumer';
import { workloads } from '../workloads/images';
import { buildah } from '../workloads/what-is-in';

/** What a service of a compose file may say here; another word of it would have to mean something. */
interface ComposeService {
  readonly build: unknown;
  readonly restart: string;
  readonly read_only: true;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly ['ALL'];
  readonly security_opt: readonly ['no-new-privileges:true'];
  readonly network_mode: 'host';
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

/** One service of a compose file, with the variables of whoever starts it. */
export function composeService(file: string, name: string, variables: Variables): ComposeService {
  const read = parse(filledIn(readFileSync(join(workloads, file), 'utf8'), variables), { merge: true });
  return read.services[name];
}

/** `${NAME:-default}` and `${NAME:?what is wanted}`, as compose reads them; comments are nobody's. */
function filledIn(text: string, variables: Variables): string {
  const told = text.replace(/^\s*#.*$/gm, '');
  return told.replace(/\$\{([A-Z_]+):([-?])([^}]*)\}/g, (_, name, mark, rest) => {
    const value = variables[name] || (mark === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} is to be set: ${rest}`);
    return value;
  });
}

/** A container of one service, as docker makes one with runc: the files of its image, and what its service says. */
export class ComposeContainer {
  /** What it has said so far. */
  said = '';

  private constructor(
    private readonly process: ChildProcess,
    private readonly runc: readonly string[],
    private readonly id: string,
    private readonly remove: () => void,
  ) {
    for (const output of [process.stdout, process.stderr]) output?.on('data', (some) => (this.said += some));
  }

  static async start(service: ComposeService, image: string): Promise<ComposeContainer> {
    const { path, remove } = temporaryFolder('compose');
    const id = `drydock-compose-${randomBytes(4).toString('hex')}`;
    const runc = [await tool('runc'), '--root', join(path, 'runc')];
    mkdirSync(join(path, 'rootfs'));
    buildah(['from', '--pull=never', '--name', id, image]);
    const { OCIv1 } = JSON.parse(buildah(['inspect', '--type=image', image]));
    writeFileSync(join(path, 'config.json'), JSON.stringify(bundleOf(service, OCIv1.config)));
    // What buildah mounts is seen in its mount namespace alone.
    const inside =
      'root=$(buildah "$@" mount "$ID") && mount --bind "$root" "$BUNDLE/rootfs" && exec "$RUNC" --root "$BUNDLE/runc" run --bundle "$BUNDLE" "$ID"';
    const env = { ...process.env, ID: id, BUNDLE: path, RUNC: runc[0] };
    const child = spawn('unshare', ['-m', 'sh', '-c', inside, 'sh', ...storage()], {
      ...{ env, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    return new ComposeContainer(child, runc, id, remove);
  }

  /** Ends it as `docker compose stop` does. */
  async stop(): Promise<number | null> {
    const { exitCode } = this.process;
    const [program = '', ...options] = this.runc;
    const ended = new Promise<number | null>((resolve) => this.process.once('exit', resolve));
    if (exitCode === null) spawnSync(program, [...options, 'kill', this.id, 'TERM']);
    const code = exitCode ?? (await ended);
    buildah(['rm', this.id]);
    this.remove();
    return code;
  }
}

interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir: string;
}

function bundleOf(service: ComposeService, { Entrypoint, Env, WorkingDir }: ImageConfig): object {
  const [uid, gid] = service.user.split(':').map(Number);
  const own = Object.entries(service.environment).map(([name, value]) => `${name}=${value}`);
  const tmpfs = service.tmpfs.map((destination) => ({
    ...{ destination, type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
  }));
  const bound = [...service.volumes, '/etc/resolv.conf:/etc/resolv.conf:ro'].map((volume) => {
    const [source, destination, mode] = volume.split(':');
    return { destination, type: 'bind', source, options: ['rbind', mode] };
  });
  return {
    ociVersion: '1.2.0',
    process: {
      ...{ user: { uid, gid }, args: Entrypoint, env: [...Env, ...own], cwd: WorkingDir },
      ...{ capabilities: {}, noNewPrivileges: true },
    },
    root: { path: 'rootfs', readonly: service.read_only },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      ...tmpfs,
      ...bound,
    ],
    // The network is that of the machine.
    linux: { namespaces: ['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  };
}
