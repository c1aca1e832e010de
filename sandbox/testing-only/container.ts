import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { WebSocket } from 'ws';
import { exitStatus, frame, success } from '../../kube/testing-only/scripted-pod';
import { statusBody } from '../../kube/testing-only/scripted-server';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/** What is in the image. Generators draw commands too, and what they draw must not run on this machine. */
const PROGRAMS: ReadonlySet<string> = new Set(['sh', 'node', 'sleep', 'echo', 'true']);

/** Stands in for a container: what is run in it is a process of this machine, in a folder of its own. */
export class Container {
  readonly #processes = new Set<ChildProcess>();
  readonly #sockets = new Set<WebSocket>();
  readonly #followers = new Set<WebSocket>();
  readonly #lines: string[] = [];
  #hasEnded = false;

  constructor(
    readonly folder: string,
    readonly hasShell: boolean,
    readonly env: NodeJS.ProcessEnv = process.env,
  ) {}

  /** Runs a command over a WebSocket of the protocol v5.channel.k8s.io. */
  exec(socket: WebSocket, [program = '', ...args]: readonly string[]): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const end = (status: string) => {
      socket.send(frame(channels.status, status));
      socket.close(1000);
    };
    if (program === 'sh' && !this.hasShell) {
      end(notFound(program));
      return;
    }
    const child = this.#spawn(program, args, 'pipe');
    if (!child?.stdin || !child.stdout || !child.stderr) {
      end(notFound(program));
      return;
    }
    const { stdin, stdout, stderr } = child;
    this.#processes.add(child);
    stdin.on('error', () => {});
    stdout.on('data', (chunk: Buffer) => socket.send(frame(channels.stdout, chunk)));
    stderr.on('data', (chunk: Buffer) => socket.send(frame(channels.stderr, chunk)));
    socket.on('message', (data: Buffer) => {
      if (data[0] === channels.stdin) stdin.write(data.subarray(1));
      if (data[0] === channels.close) stdin.end();
    });
    // A command does not end with its stream: a supervisor notices that its input is over, a program may not.
    socket.on('close', () => stdin.end());
    child.on('error', () => end(notFound(program)));
    child.on('close', (code, signal) => {
      this.#processes.delete(child);
      if (child.pid !== undefined) end(code === 0 ? success : exitStatus(String(signal ? 137 : code)));
    });
  }

  /** Starts the first process, with a log of what it prints. Calls back with its code, before its log ends. */
  start([program = '', ...args]: readonly string[], onEnd: (exitCode: number) => void): void {
    const child = this.#spawn(program, args, 'ignore');
    if (!child?.stdout || !child.stderr) {
      this.#hasEnded = true;
      onEnd(128);
      return;
    }
    this.#processes.add(child);
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (text) => this.#say(`${new Date().toISOString()} ${text}\n`));
    }
    child.on('error', () => {});
    child.on('close', (code) => {
      this.#processes.delete(child);
      // A program that is not there is told by the container runtime with 128.
      onEnd(child.pid === undefined ? 128 : (code ?? 137));
      this.#hasEnded = true;
      for (const follower of this.#followers) follower.close(1000);
    });
  }

  /** The log, with timestamps, from a second on; it ends with the first process, if there is one. */
  followLog(socket: WebSocket, sinceTime: string | null): void {
    this.#sockets.add(socket);
    this.#followers.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#followers.delete(socket);
    });
    const since = sinceTime?.slice(0, 19) ?? '';
    for (const line of this.#lines) if (line.slice(0, 19) >= since) socket.send(Buffer.from(line));
    if (this.#hasEnded) socket.close(1000);
  }

  /** Some programs that cannot be started are told at once, and others by an event. */
  #spawn(program: string, args: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess | undefined {
    if (!PROGRAMS.has(program)) return undefined;
    try {
      // Of a group of its own, so that what it starts ends with it.
      const { folder: cwd, env } = this;
      return spawn(program, args, { cwd, env, stdio: [stdin, 'pipe', 'pipe'], detached: true });
    } catch {
      return undefined;
    }
  }

  #say(line: string): void {
    this.#lines.push(line);
    for (const follower of this.#followers) follower.send(Buffer.from(line));
  }

  /** Breaks every stream, as a network does; what runs goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Reads nothing of them any more, as behind a network that swallows everything. */
  silence(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  cutNewest(): void {
    [...this.#sockets].at(-1)?.terminate();
  }

  /** Ends everything, as a node does that removes a container: no status is told. */
  kill(): void {
    this.cut();
    for (const { pid } of this.#processes) if (pid !== undefined) killGroup(pid);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in this moment.
  }
}

/** In the words of the container runtime. */
function notFound(program: string): string {
  const message = `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  return JSON.stringify(statusBody(500, 'InternalError', message));
}
