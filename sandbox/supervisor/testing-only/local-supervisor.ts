import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import path from 'node:path';
import { type OpenOptions, openSupervisor } from '../open-supervisor';
import type { SandboxHost } from '../sandbox-host';
import type { Supervisor } from '../supervisor';
import type { Transport } from '../transport';

const repository = path.resolve(__dirname, '../../..');
const machine = process.arch === 'arm64' ? 'arm64' : 'amd64';
let program: string | undefined;

/** The path of the program for this machine, compiled when its sources changed. */
export function localProgram(): string {
  if (!program) {
    const script = path.join(repository, 'scripts/build-supervisor.ts');
    execFileSync(process.execPath, ['--import', 'tsx', script], { cwd: repository, stdio: 'inherit' });
    program = path.join(repository, 'sandbox/supervisor/bin', `supervisor-${machine}`);
  }
  return program;
}

/** A child process as the other end. */
export function childTransport(child: ChildProcess): Transport {
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(`the process ended with ${signal ?? code}`));
  });
  return {
    stdin: child.stdin!,
    stdout: child.stdout!,
    stderr: child.stderr ?? undefined,
    ended,
    close: () => {
      child.stdin!.destroy();
      child.stdout!.destroy();
      child.stderr?.destroy();
    },
  };
}

/** A host that writes down what it was asked. */
export class WatchedHost implements SandboxHost {
  readonly id = 'local';
  readonly destroyed: string[] = [];
  answer: Awaited<ReturnType<SandboxHost['fate']>>;

  fate(): ReturnType<SandboxHost['fate']> {
    return Promise.resolve(this.answer);
  }

  destroy(reason: string): Promise<void> {
    this.destroyed.push(reason);
    return Promise.resolve();
  }
}

export interface LocalSupervisor {
  readonly supervisor: Supervisor;
  readonly host: WatchedHost;
  readonly process: ChildProcess;
  /** Where it was started. */
  readonly cwd: string;
}

/** The real program as a process of this machine. */
export async function localSupervisor(
  cwd: string,
  options: Partial<OpenOptions> = {},
): Promise<LocalSupervisor> {
  const host = new WatchedHost();
  const child = spawn(localProgram(), ['serve'], { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const supervisor = await openSupervisor(childTransport(child), { host, ...options });
  return { supervisor, host, process: child, cwd };
}
