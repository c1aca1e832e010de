import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** In whose hands a process runs: as it says itself, or as the kernel says of it. */
export interface Process {
  readonly Uid: string;
  readonly CapEff: string;
  readonly NoNewPrivs: string;
  readonly Seccomp: string;
  readonly rootIsWritable: boolean;
  readonly tmpIsWritable: boolean;
  /** The folders that are mounted for it. */
  readonly mounts: readonly string[];
}

export function expectHarmless(all: readonly Process[]): void {
  for (const one of all) {
    expect(Number(one.Uid)).toBeGreaterThan(0);
    expect(one).toMatchObject({ CapEff: '0000000000000000', NoNewPrivs: '1', Seccomp: '2' });
    // Nothing but what is mounted for it can be written.
    expect(one).toMatchObject({ rootIsWritable: false, tmpIsWritable: one.mounts.includes('/tmp') });
  }
}

/** The first process of a container, as the kernel of this machine knows it: the nodes are on it. */
export function processOf(containerId: string, mounts: readonly string[]): Process {
  const pid = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && fileOf(name, 'cgroup').includes(containerId))
    // A probe by a command is a process of the container as well.
    .find((name) => fieldOf(name, 'NSpid').at(-1) === '1');
  if (!pid) throw new Error(`no first process of the container ${containerId} is in /proc`);
  const first = (field: string) => String(fieldOf(pid, field)[0]);
  return {
    Uid: first('Uid'),
    CapEff: first('CapEff'),
    NoNewPrivs: first('NoNewPrivs'),
    Seccomp: first('Seccomp'),
    rootIsWritable: isWritable(`/proc/${pid}/root`),
    tmpIsWritable: isWritable(`/proc/${pid}/root/tmp`),
    mounts,
  };
}

function fieldOf(pid: string, name: string): string[] {
  const [, value = ''] = new RegExp(`^${name}:(.*)$`, 'm').exec(fileOf(pid, 'status')) ?? [];
  return value.trim().split(/\s+/);
}

/** Empty where the process has ended meanwhile. */
function fileOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Whether root could write there: what is mounted read-only holds for root too. */
function isWritable(folder: string): boolean {
  const file = `${folder}/written-by-the-test`;
  try {
    writeFileSync(file, '');
  } catch {
    return false;
  }
  rmSync(file);
  return true;
}
