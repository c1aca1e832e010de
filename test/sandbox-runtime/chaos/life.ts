import type { Writable } from 'node:stream';
import { type CommandResult, type Sandbox, SandboxError, type SandboxJob } from '../../../sandbox';
import { MARK } from '../pool-manager';
import { within } from '../within';
import type { Fault } from './fault';
import type { Ground } from './ground';
import type { Workspace } from './workspace';

export const WAYS = ['warm', 'cold', 'job'] as const;
export type Way = (typeof WAYS)[number];

/** A command that runs, and what a fault can do to it. */
export interface Victim {
  readonly way: Way;
  readonly sandbox: string;
  readonly pod: string;
  /** What ran in its sandbox so far, from the node's disk. */
  readonly workspace: Workspace;
  /** What the command reads, where it reads. */
  readonly stdin: Writable | undefined;
}

/** What the caller of one claim, or Job, saw; and what it did not see. */
export interface Life {
  readonly way: Way;
  readonly id: string;
  /** The sandbox; `undefined` where none was had. */
  readonly sandbox: string | undefined;
  /** In a word or two. */
  readonly saw: string;
  readonly isSuccess: boolean;
  /** From the fault until the caller knew how its command ended. */
  readonly toldMs: number;
  /** Somebody had been in it before. */
  readonly isUsed: boolean;
  /** What is wrong with the success that it was told. */
  readonly wrong: string | undefined;
}

const TOLD_WITHIN_MS = 150_000;
const KEPT_BYTES = 64;
/** What a sandbox may live, in seconds, unless a fault says so. */
const TTL = 90;
/** So a command runs across its fault, however long that takes to come. */
export const UNTIL_RELEASED = 'until [ -e go ]; do sleep 0.1; done';

/** Tells its beginning and its end on the disk and to the caller. */
const scriptOf = ({ middle = UNTIL_RELEASED }: Fault) =>
  `echo "start $0" >>runs; echo begin; ${middle}; echo "done $0" >>runs; echo "end $0"`;

/** Output as it comes, of which only the ends are kept. */
class Printed {
  bytes = 0;
  first = '';
  last = '';
  #tellBegun = () => {};
  readonly begun = new Promise<void>((resolve) => {
    this.#tellBegun = resolve;
  });

  take(chunk: Uint8Array): void {
    const text = Buffer.from(chunk).toString('latin1');
    this.bytes += chunk.length;
    if (this.first.length < KEPT_BYTES) this.first += text.slice(0, KEPT_BYTES);
    this.last = (this.last + text).slice(-KEPT_BYTES);
    if (this.first.startsWith('begin\n')) this.#tellBegun();
  }

  /** What is wrong with it as the whole of what was printed. */
  wrongAs(id: string, middleBytes: number): string | undefined {
    const end = `end ${id}\n`;
    const isWhole =
      this.first.startsWith('begin\n') &&
      this.last.endsWith(end) &&
      this.bytes === 'begin\n'.length + middleBytes + end.length;
    return isWhole ? undefined : `${this.bytes} bytes, from ${this.first.slice(0, 20)} to ${this.last}`;
  }
}

interface Lived {
  readonly sandbox: string | undefined;
  readonly saw: string;
  readonly isSuccess: boolean;
  readonly isUsed: boolean;
  readonly printed: Printed;
  readonly workspace: Workspace | undefined;
}

/** What happens to one of them once its command runs. */
export type Strike = (victim: Victim) => Promise<void>;

interface Part {
  readonly ground: Ground;
  readonly fault: Fault;
  readonly way: Way;
  readonly id: string;
  readonly strike: Strike;
}

/** One caller: claims, runs a command that a fault meets, and closes. */
export async function live(part: Part): Promise<Life> {
  const { fault, way, id } = part;
  let struckAt = performance.now();
  const strike: Strike = async (victim) => {
    struckAt = performance.now();
    await part.strike(victim);
  };
  const lived = await within(
    `what the caller of ${id} is told`,
    (way === 'job' ? asJob : asClaim)({ ...part, strike }),
    TOLD_WITHIN_MS,
  );
  const toldMs = performance.now() - struckAt;
  const runs = lived.workspace?.runs() ?? [];
  const count = (line: string) => runs.filter((one) => one === line).length;
  const wrong = () => {
    if (!lived.isSuccess) return undefined;
    if (count(`done ${id}`) === 0) return 'it did not run to its end';
    return lived.printed.wrongAs(id, fault.middleBytes?.(way) ?? 0);
  };
  return {
    ...{ way, id, toldMs, sandbox: lived.sandbox, saw: lived.saw, isSuccess: lived.isSuccess },
    ...{ isUsed: lived.isUsed, wrong: wrong() },
  };
}

async function asClaim({ ground, fault, way, id, strike }: Part): Promise<Lived> {
  const printed = new Printed();
  const none = { isSuccess: false, isUsed: false, printed, workspace: undefined, sandbox: undefined };
  const values = { ...ground.values(fault), ...(way === 'cold' ? { name: id } : {}) };
  const ttl = fault.ttl ?? TTL;
  let sandbox: Sandbox;
  try {
    sandbox = await ground.manager.claim({ values, ttl });
  } catch (error) {
    return { ...none, saw: `claim: ${codeOf(error)}` };
  }
  ground.census.promised(sandbox.id, Date.now() + ttl * 1000);
  let known: Omit<Lived, 'saw'> = { ...none, sandbox: sandbox.id };
  try {
    const entered = await sandbox.commands.run(['sh', '-c', `: >>runs; ${MARK}`, id]);
    const said = entered.stdout.text.trim();
    known = { ...known, isUsed: said.startsWith('used') };
    if (!known.isUsed && said !== 'fresh') return { ...known, saw: sawOf(entered) };
    const workspace = await ground.workspace(sandbox.id);
    known = { ...known, workspace };
    const handle = await sandbox.commands.start(['sh', '-c', scriptOf(fault), id], {
      maxOutputBytes: KEPT_BYTES,
      ...(fault.reads ? { stdin: 'pipe' as const } : {}),
    });
    const result = (async () => {
      for await (const event of handle.events) {
        if (event.type === 'end') return event.result;
        printed.take(event.bytes);
        await fault.eachPiece?.();
      }
      throw new Error(`${id}: events without an end`);
    })();
    await Promise.race([printed.begun, result]);
    const { stdin } = handle;
    stdin?.on('error', () => {});
    await strike({ way, sandbox: sandbox.id, pod: sandbox.podName, workspace, stdin });
    workspace.release();
    const end = await result;
    const isSuccess = end.outcome === 'exited' && end.exitCode === 0;
    return { ...known, saw: sawOf(end), isSuccess };
  } catch (error) {
    return { ...known, saw: codeOf(error) };
  } finally {
    // Where the cluster cannot be told, the deadline sees to it.
    if (!fault.keepsOpen) void sandbox.close().catch(() => {});
  }
}

async function asJob({ ground, fault, way, id, strike }: Part): Promise<Lived> {
  const printed = new Printed();
  let known: Omit<Lived, 'saw'> = {
    ...{ isSuccess: false, isUsed: false, printed, workspace: undefined, sandbox: undefined },
  };
  let job: SandboxJob;
  try {
    const started = ground.manager.job({
      values: { ...ground.values(fault), name: id },
      command: ['sh', '-c', scriptOf(fault), id],
      files: { input: Buffer.alloc(fault.inputBytes ?? 1, 'x') },
      ttl: fault.ttl ?? TTL,
    });
    void fault.whileJobStarts?.(ground, id, started);
    job = await started;
  } catch (error) {
    return { ...known, sandbox: id, saw: `start: ${codeOf(error)}` };
  }
  known = { ...known, sandbox: id };
  try {
    const reading = (async () => {
      for await (const chunk of job.log) {
        printed.take(chunk as Buffer);
        await fault.eachPiece?.();
      }
    })();
    reading.catch(() => {});
    const outcome = job.outcome();
    const isOver = outcome.then(
      () => true,
      () => true,
    );
    if (await Promise.race([printed.begun.then(() => false), isOver])) {
      const { outcome: how, exitCode } = await outcome;
      return { ...known, saw: how === 'exited' ? `exited ${exitCode}` : how };
    }
    const workspace = await ground.workspace(id);
    known = { ...known, workspace };
    await strike({ way, sandbox: id, pod: await ground.podOf(id), workspace, stdin: undefined });
    workspace.release();
    const end = await outcome;
    await reading.catch(() => {});
    const isSuccess = end.outcome === 'exited' && end.exitCode === 0;
    return { ...known, saw: end.outcome === 'exited' ? `exited ${end.exitCode}` : end.outcome, isSuccess };
  } catch (error) {
    return { ...known, saw: codeOf(error) };
  } finally {
    if (!fault.keepsOpen) void job.close().catch(() => {});
  }
}

function sawOf(result: CommandResult): string {
  const { outcome, exitCode, signal, cause } = result;
  if (outcome === 'exited') return `exited ${exitCode}`;
  if (outcome === 'signaled') return `signaled ${signal}`;
  return cause && cause.code !== 'ConnectionLost' ? `${outcome} (${cause.code})` : outcome;
}

/** Whatever else is thrown is a fault of this program. */
function codeOf(error: unknown): string {
  if (!(error instanceof SandboxError)) throw error;
  return error.code;
}
