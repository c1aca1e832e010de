import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { WebSocket } from 'ws';
import { exitStatus, frame, success } from '../../kube/testing-only/scripted-pod';
import { statusBody } from '../../kube/testing-only/scripted-server';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

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
      const message = 'exec: "sh": executable file not found in $PATH';
      end(JSON.stringify(statusBody(500, 'InternalError', message)));
      return;
    }
    const child = spawn(program, args, { cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#processes.add(child);
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => socket.send(frame(channels.stdout, chunk)));
    child.stderr.on('data', (chunk: Buffer) => socket.send(frame(channels.stderr, chunk)));
    socket.on('message', (data: Buffer) => {
      if (data[0] === channels.stdin) child.stdin.write(data.subarray(1));
      if (data[0] === channels.close) child.stdin.end();
    });
    // A command does not end with its stream: a supervisor notices that its input is over, a program may not.
    socket.on('close', () => child.stdin.end());
    // In the words of the container runtime.
    child.on('error', () => {
      const message = `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
      end(JSON.stringify(statusBody(500, 'InternalError', message)));
    });
    child.on('close', (code, signal) => {
      this.#processes.delete(child);
      if (child.pid !== undefined) end(code === 0 ? success : exitStatus(String(signal ? 137 : code)));
    });
  }

  /** Starts the first process, with a log of what it prints. Calls back with its code, before its log ends. */
  start([program = '', ...args]: readonly string[], onEnd: (exitCode: number) => void): void {
    const child = spawn(program, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#processes.add(child);
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (text) => this.#say(`${new Date().toISOString()} ${text}\n`));
    }
    child.on('close', (code) => {
      this.#processes.delete(child);
      onEnd(code ?? 137);
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

  #say(line: string): void {
    this.#lines.push(line);
    for (const follower of this.#followers) follower.send(Buffer.from(line));
  }

  /** Breaks every stream, as a network does; what runs goes on. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  cutNewest(): void {
    [...this.#sockets].at(-1)?.terminate();
  }

  /** Ends everything, as a node does that removes a container: no status is told. */
  kill(): void {
    this.cut();
    for (const child of this.#processes) child.kill('SIGKILL');
  }
}
