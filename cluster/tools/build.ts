import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterError } from '../errors';
import type { ToolGroup } from './catalog';
import { pinsDirectory } from './pins';
import type { Progress } from './progress';

/** Compiling Kubernetes fills about this much of Go's build cache and of ours. */
const NEEDED_BYTES = 3 * 1024 ** 3;
const REPORT_EVERY_MS = 15_000;

/**
 * Under one lock for the whole cache, so that two runs never build at once, and the loser of the race finds the
 * winner's work. flock(1) holds the lock for as long as the compiler lives, however its parent ends. The last
 * step is a rename: there is a whole group or none.
 */
const LOCKED_BUILD = `
[ -d "$FINAL" ] && exit 0
rm -rf "$FINAL".building
mkdir -p "$FINAL".building
"$@" || { code=$?; rm -rf "$FINAL".building; exit $code; }
mv -T "$FINAL".building "$FINAL"
`;

function goArguments(group: ToolGroup, output: string): string[] {
  const tools = Object.values(group.tools);
  const flags = [
    '-s',
    '-w',
    ...Object.entries(group.stamps ?? {}).map(([name, value]) => `-X ${name}=${value}`),
  ];
  return [
    'build',
    '-v',
    '-trimpath',
    '-buildvcs=false',
    `-ldflags=${flags.join(' ')}`,
    ...(group.tags ? [`-tags=${group.tags}`] : []),
    '-o',
    // With one package Go takes a file name; with several it names each after its package.
    tools.length === 1 ? path.join(output, tools[0]!.file) : `${output}/`,
    ...tools.map((tool) => tool.pkg),
  ];
}

function requireDisk(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = Number(bavail) * Number(bsize);
  if (free >= NEEDED_BYTES) return;
  throw new ClusterError('DISK_FULL', {
    where: folder,
    found: `${Math.round(free / 1024 ** 2)} MiB free`,
    expected: `${NEEDED_BYTES / 1024 ** 2} MiB for building the cluster tools`,
    remedy: 'free some space, or point DRYDOCK_CACHE at another disk',
  });
}

interface BuildLog {
  /** How many packages the compiler has finished. */
  packages: number;
  /** What is not a package name: the compiler's own words. */
  readonly lines: string[];
}

function follow(child: ChildProcess): BuildLog {
  const log: BuildLog = { packages: 0, lines: [] };
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (/^[\w.~-]+(\/[\w.~+-]+)*$/.test(line)) log.packages += 1;
    else if (!line.startsWith('go: downloading')) log.lines.push(line);
  });
  return log;
}

function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Builds one group into its folder of the cache and returns that folder. */
export async function buildGroup(group: ToolGroup, final: string, progress: Progress): Promise<string> {
  const cache = path.dirname(final);
  mkdirSync(cache, { recursive: true });
  requireDisk(cache);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const names = Object.keys(group.tools).join(', ');
  progress(`building ${names} from cluster/tools/${group.folder}/go.mod`);

  const child = spawn(
    'flock',
    [
      path.join(cache, '.lock'),
      'sh',
      '-c',
      LOCKED_BUILD,
      'sh',
      'go',
      ...goArguments(group, `${final}.building`),
    ],
    {
      cwd: path.join(pinsDirectory, group.folder),
      env: {
        ...process.env,
        FINAL: final,
        CGO_ENABLED: group.cgo ? '1' : '0',
        GOFLAGS: `${process.env.GOFLAGS ?? ''} -mod=readonly`,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const log = follow(child);
  const report = setInterval(
    () => progress(`${group.name}: ${log.packages} packages compiled, ${seconds()} s so far`),
    REPORT_EVERY_MS,
  );
  const { code, signal } = await exitOf(child).finally(() => clearInterval(report));
  if (code !== 0 || !existsSync(final)) {
    throw new ClusterError('TOOL_BUILD_FAILED', {
      where: `go build of ${names}`,
      found: `${signal ?? `exit status ${code}`}; its last lines:\n${log.lines.slice(-12).join('\n')}\n`,
      expected: 'a finished build',
      remedy: 'read the lines above; with no network, point DRYDOCK_TOOLS_DIR at ready binaries',
    });
  }
  progress(`${group.name} ready after ${seconds()} s`);
  return final;
}
