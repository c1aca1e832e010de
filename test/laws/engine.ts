import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { tool } from '../../cluster/tools/tool';
import type { JsonObject } from '../../core/template/nodes';
import { DrydockError } from '../../errors';

/** The two Helm versions whose own packages the engine can run on. */
export type HelmVersion = 'helm-4' | 'helm-3';

/** A folder or archive, files in memory by their path in the chart, or a chart that `load` has cached. */
export type ChartSource =
  | { readonly path: string }
  | { readonly files: { readonly [path: string]: string } }
  | { readonly id: string };

/** What `helm template` is told besides the chart. */
export interface RenderInputs {
  /** The texts of the `-f` files, in order. */
  readonly valueFiles?: readonly string[];
  /** `--set`, `--set-string` and `--set-json`; Helm applies json first, then set, then string. */
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setJson?: readonly string[];
  readonly release?: Partial<ReleaseInputs>;
  /** @default what the helm binary assumes when it has no cluster */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** What templates see as `.Release`. `helm template` itself knows no revision but 1. */
export interface ReleaseInputs {
  /** @default 'release' */
  readonly name: string;
  /** @default 'default' */
  readonly namespace: string;
  /** @default 1 */
  readonly revision: number;
  /** @default false */
  readonly isUpgrade: boolean;
}

/** A number that JavaScript cannot tell apart from another, or cannot hold. */
export interface LossyNumber {
  /** JSON pointer into the object. */
  readonly at: string;
  /** `float`: a whole number that YAML has as a float, such as 1e+06 or 5.0. `int`: an integer beyond 2^53. */
  readonly yaml: 'float' | 'int';
  /** The digits that Kubernetes is sent. */
  readonly json: string;
}

/** One YAML document that is not empty, hooks and CRDs included. */
export interface RenderedObject {
  /** The path in the `# Source:` comment. */
  readonly template?: string;
  readonly object: JsonObject;
  readonly numbers?: readonly LossyNumber[];
  /** What Go's strict reader says about keys that occur twice. Helm and kubectl let the last one win, silently. */
  readonly duplicate?: string;
}

/** How far a case came: `panic` is a crash inside Helm, `request` a case that Helm was never given. */
export type Stage = 'request' | 'values' | 'load' | 'schema' | 'render' | 'parse' | 'panic';

export interface Refusal {
  readonly ok: false;
  readonly stage: Stage;
  readonly message: string;
}

export interface Parsed {
  readonly ok: true;
  readonly objects: readonly RenderedObject[];
}

export interface Rendered extends Parsed {
  /** The text of the chart's own NOTES.txt. */
  readonly notes: string;
}

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

const STDERR_KEPT = 4_000;

/**
 * Helm's own packages in a process that lives for many cases. Calls are pipelined: any number may be under way,
 * and each gets its own answer. When the process dies, every call under way and every later one is rejected with
 * ENGINE_ENDED and its last words.
 */
export class LawEngine {
  private readonly waiting: Waiting[] = [];
  private readonly decoder = new StringDecoder('utf8');
  private readonly ended: Promise<void>;
  private rest = '';
  private lastWords = '';
  private end: string | undefined;

  private constructor(
    readonly version: HelmVersion,
    private readonly child: ChildProcessWithoutNullStreams,
    /** The folder of the process's temporary files; gone once the process has ended, however it ended. */
    readonly scratch: string,
  ) {
    child.stdout.on('data', (chunk: Buffer) => this.receive(this.decoder.write(chunk)));
    child.stderr.on('data', (chunk: Buffer) => {
      this.lastWords = (this.lastWords + chunk.toString()).slice(-STDERR_KEPT);
    });
    // A process that died tells so by closing; the broken pipe of the call that noticed first adds nothing.
    child.stdin.on('error', () => {});
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.finish(error.message, resolve));
      child.once('close', (code, signal) => this.finish(signal ?? `exit status ${code}`, resolve));
    });
  }

  /** Starts the engine; builds it first when the tools' cache does not have it. */
  static async start(version: HelmVersion): Promise<LawEngine> {
    const file = await tool(`${version}/lawd`);
    // A process that is killed leaves its files behind, so they lie in a folder of ours.
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'law-engine-'));
    const env = { ...process.env, TMPDIR: scratch };
    return new LawEngine(version, spawn(file, [], { stdio: 'pipe', env }), scratch);
  }

  /** What `helm template --include-crds` does with these inputs. */
  async render(chart: ChartSource, inputs: RenderInputs = {}): Promise<Rendered | Refusal> {
    const release = {
      name: 'release',
      namespace: 'default',
      revision: 1,
      isUpgrade: false,
      ...inputs.release,
    };
    const answer = await this.ask({ op: 'render', chart, ...inputs, release });
    return answer.ok ? { ok: true, objects: answer.objects ?? [], notes: answer.notes ?? '' } : answer;
  }

  /** Reads YAML as kubectl and Helm do: apimachinery splits the stream, sigs.k8s.io/yaml reads the documents. */
  async parse(yaml: string): Promise<Parsed | Refusal> {
    const answer = await this.ask({ op: 'parse', yaml });
    return answer.ok ? { ok: true, objects: answer.objects ?? [] } : answer;
  }

  /** Keeps a chart under an id, so that many renders need not send and unpack it again. */
  async load(id: string, chart: ChartSource): Promise<{ readonly ok: true } | Refusal> {
    const answer = await this.ask({ op: 'load', id, chart });
    return answer.ok ? { ok: true } : answer;
  }

  /** Forgets a chart. */
  async unload(id: string): Promise<void> {
    await this.ask({ op: 'unload', id });
  }

  /** Lets what is under way finish and waits for the process to end. */
  async stop(): Promise<void> {
    this.child.stdin.end();
    await this.ended;
  }

  /** The process, so that a test can watch it die. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  private async ask(request: object): Promise<Answer> {
    const text = JSON.stringify(request);
    requireUnicode(text);
    const line = await new Promise<string>((resolve, reject) => {
      if (this.end !== undefined) return reject(this.ending());
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${text}\n`);
    });
    return JSON.parse(line) as Answer;
  }

  private receive(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.waiting.shift()!.resolve(line);
  }

  private finish(end: string, done: () => void): void {
    this.end = end;
    rmSync(this.scratch, { recursive: true, force: true });
    for (const call of this.waiting.splice(0)) call.reject(this.ending());
    done();
  }

  private ending(): DrydockError {
    return new DrydockError('ENGINE_ENDED', {
      where: `the ${this.version} engine`,
      found: `${this.end}; its last words: ${this.lastWords.trim() || 'none'}`,
      expected: 'a running process',
      remedy: 'Start a new engine; if this one was not stopped on purpose, its last words say why it died.',
    });
  }
}

type Answer = { ok: true; objects?: RenderedObject[]; notes?: string } | Refusal;

/** JSON can carry half a surrogate pair, Go would silently read U+FFFD: the law would compare another case. */
function requireUnicode(text: string): void {
  if (!/\\ud[89a-f]/.test(text)) return;
  const half = /(?<!\\)(?:\\\\)*(\\ud[89a-f][0-9a-f]{2})/.exec(text);
  if (!half) return;
  throw new DrydockError('TEXT_NOT_UNICODE', {
    where: 'a request to the law engine',
    found: `half a surrogate pair, ${half[1]}`,
    expected: 'text that UTF-8 can carry',
    remedy: 'Leave lone surrogates to the checks that come before Helm.',
  });
}
