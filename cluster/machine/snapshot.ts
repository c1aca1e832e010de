import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** What a machine has that a program can leave behind. */
export const entryKinds = [
  'processes',
  'mounts',
  'network namespaces',
  'interfaces',
  'iptables rules',
  'cgroups',
  'sockets',
] as const;

/** One of these kinds. */
export type EntryKind = (typeof entryKinds)[number];

/** Everything of one machine at one moment: for each kind, a key that identifies an entry and words for people. */
export type Snapshot = Readonly<Record<EntryKind, ReadonlyMap<string, string>>>;

/** Text of a file that may be gone by the time it is read. */
export function readOr(file: string, otherwise = ''): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}

/** The process ids of the machine. */
export function processIds(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** The fields of /proc/PID/stat after the command, which may contain blanks: state, parent, ... */
export function statFields(pid: string): string[] {
  return readOr(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
}

function processes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const pid of processIds()) {
    const fields = statFields(pid);
    // Kernel threads come and go by themselves; they are children of kthreadd.
    if (fields.length < 20 || fields[1] === '2' || pid === '2') continue;
    const command =
      readOr(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() || readOr(`/proc/${pid}/comm`);
    found.set(`${pid}@${fields[19]}`, `process ${pid} (${fields[0]}): ${command.slice(0, 120)}`);
  }
  return found;
}

function mounts(): Map<string, string> {
  const lines = readOr('/proc/self/mountinfo').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const fields = line.split(' ');
      return [`${fields[0]} ${fields[4]}`, `mount of ${line.split(' - ')[1]} at ${fields[4]}`];
    }),
  );
}

/** The network namespace of a process, as the kernel names it. */
export function networkOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function networks(): Map<string, string> {
  const found = new Map<string, string>();
  for (const pid of processIds()) {
    const network = networkOf(pid);
    if (network && !found.has(network)) found.set(network, `network namespace ${network} of process ${pid}`);
  }
  // Namespaces that only a mount keeps alive.
  for (const line of readOr('/proc/self/mountinfo').split('\n')) {
    const named = /^\S+ \S+ \S+ (net:\[\d+\]) (\S+)/.exec(line);
    if (named) found.set(named[1]!, `network namespace ${named[1]} kept by ${named[2]}`);
  }
  return found;
}

function output(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
}

/** Lines as entries; equal lines are told apart by their number. */
function lineEntries(text: string, kind: string): Map<string, string> {
  const seen = new Map<string, number>();
  const found = new Map<string, string>();
  for (const line of text.split('\n').filter((candidate) => candidate !== '')) {
    const count = (seen.get(line) ?? 0) + 1;
    seen.set(line, count);
    found.set(`${line}#${count}`, `${kind} ${line}`);
  }
  return found;
}

function interfaces(): Map<string, string> {
  const names = output('ip', ['-o', 'link']).replace(/^(\d+: [^:]+):.*$/gm, '$1');
  return lineEntries(names, 'interface');
}

function rules(): Map<string, string> {
  const saved = ['iptables-save', 'ip6tables-save'].map((command) => output(command, []));
  // Left out: comments (they carry the time), counters, and what every table has as soon as somebody looks at it.
  const lines = saved
    .join('\n')
    .replace(/\[\d+:\d+\]/g, '')
    .replace(/^(#.*|\*.*|COMMIT|:[A-Z]+ ACCEPT ?)$/gm, '');
  return lineEntries(lines + output('ipset', ['list', '-n']).replace(/^/gm, 'ipset '), 'rule');
}

/** Where cgroups are mounted. */
export function cgroupRoots(): string[] {
  return readOr('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields[2] === 'cgroup' || fields[2] === 'cgroup2')
    .map((fields) => fields[1]!);
}

function foldersBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return below.flatMap((entry) => {
    const child = path.join(folder, entry.name);
    return [child, ...foldersBelow(child)];
  });
}

function cgroups(): Map<string, string> {
  return new Map(
    cgroupRoots()
      .flatMap(foldersBelow)
      .map((folder) => [folder, `cgroup ${folder}`]),
  );
}

function sockets(): Map<string, string> {
  const found = new Map<string, string>();
  for (const protocol of ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'unix', 'packet']) {
    const [head = '', ...lines] = readOr(`/proc/net/${protocol}`).trimEnd().split('\n');
    const column = protocol === 'unix' ? 6 : protocol === 'packet' ? 8 : 9;
    for (const line of lines) {
      const fields = line.trim().split(/\s+/);
      const inode = fields[column];
      // Without an inode a connection has ended and only waits to be forgotten; no process holds it.
      if (head === '' || !inode || inode === '0') continue;
      found.set(`${protocol} ${inode}`, `${protocol} socket ${inode}: ${line.trim().slice(0, 100)}`);
    }
  }
  return found;
}

/** Counts the whole machine, by whatever made it. */
export function takeSnapshot(): Snapshot {
  return {
    processes: processes(),
    mounts: mounts(),
    'network namespaces': networks(),
    interfaces: interfaces(),
    'iptables rules': rules(),
    cgroups: cgroups(),
    sockets: sockets(),
  };
}
