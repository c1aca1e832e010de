import type { Readable, Writable } from 'node:stream';

/** A process's three streams, wherever it runs: an exec of `kube/`, or a child process. */
export interface Transport {
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  /** Read and kept in part, for the error of a supervisor that does not start. */
  readonly stderr?: Readable;
  /** How it ended; never rejects. */
  readonly ended: Promise<unknown>;
  /** Lets go of it. */
  close(): void;
}

/** How it ended, told after the last byte that came: an answer may be among those. */
export async function endOf(transport: Transport): Promise<unknown> {
  const output = transport.stdout!;
  const read = new Promise<void>((resolve) => {
    if (output.closed) resolve();
    for (const event of ['end', 'error', 'close']) output.once(event, () => resolve());
  });
  const end = await transport.ended;
  await read;
  return end;
}
