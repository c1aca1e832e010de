import { type Box, type Boxes, BoxRefused, type Ended } from './box';
import { type Failure, type Model, ModelError, type Proposal } from './model';
import { Output } from './output';
import { applied, EditError, patchOf } from './patch';
import type { FixRequest } from './request';
import { allowedUrl, clonedTree, uploadedTree } from './source';
import { type Tree, TreeError, textOf } from './tree';
import type { Outcome, Step, Verdict } from './verdict';

export interface Fixing {
  readonly boxes: Boxes;
  readonly model: Pick<Model, 'propose'>;
  /** Where git may fetch from. */
  readonly gitAllowed: readonly string[];
}

export interface FixOptions {
  /** The beginning of the names of its boxes. */
  readonly name: string;
  readonly tell: (step: Step) => void;
  readonly signal: AbortSignal;
}

/** What a model is shown of the files: those that are text, the small ones first. */
const MOST_SHOWN = 120_000;
const OUTPUT_SHOWN = { head: 2000, tail: 8000 };
/** On top of what a command may take: until a box has its files, and until it is seen that the time is over. */
const BOX_SECONDS = 60;
/** A box in which git fetches lives at least this long. */
const LEAST_SECONDS = 120;

/**
 * Runs the command, and where it fails asks the model for a fix, until one is seen to work or the bound is reached. Each try
 * has a box of its own: what ran before cannot have prepared it.
 */
export async function fix(fixing: Fixing, request: FixRequest, options: FixOptions): Promise<Verdict> {
  const run = new FixRun(fixing, request, options);
  try {
    return await run.verdict();
  } catch (error) {
    const { signal } = options;
    if (signal.aborted) return run.ended('cancelled', 'It was cancelled.');
    if (error instanceof Limit) return run.ended('stopped', error.message);
    if (error instanceof TreeError || error instanceof BoxRefused) return run.ended('refused', error.message);
    if (error instanceof ModelError) return run.ended('failed', `There is no fix, for ${error.message}.`);
    throw error;
  }
}

/** A limit that was reached, and what ended the command there. */
class Limit extends Error {}

const LIMITS: Partial<Record<Ended['outcome'], string>> = {
  timedOut: 'The command took longer than it may.',
  oomKilled: 'The command took more memory than it may.',
  evicted: 'The command filled more disk than it may.',
  podLost: 'The sandbox was ended while the command ran.',
  connectionLost: 'The way to the sandbox broke while the command ran.',
  tooMuchOutput: 'The command printed more than it may.',
};

class FixRun {
  private rounds = 0;
  private boxesOpened = 0;
  private readonly tried: Failure['tried'][number][] = [];

  constructor(
    private readonly fixing: Fixing,
    private readonly request: FixRequest,
    private readonly options: FixOptions,
  ) {}

  ended(outcome: Outcome, reason: string, more: Partial<Verdict> = {}): Verdict {
    return { outcome, reason, rounds: this.rounds, ...more };
  }

  async verdict(): Promise<Verdict> {
    const tree = await this.tree();
    this.phase('check');
    let failure = await this.attempt(tree);
    if (failure === undefined) return this.ended('nothing_to_fix', 'The command succeeds as it is.');
    while (this.rounds < this.request.rounds) {
      this.rounds++;
      this.phase('ask');
      const proposal = await this.propose(tree, failure);
      if (proposal === undefined) continue;
      const { edits, why, model } = proposal;
      if (edits.length === 0) return this.ended('not_fixed', `The model gives up: ${why}`);
      const after = this.changedTree(tree, proposal);
      if (after === undefined) continue;
      const patch = patchOf(tree, after);
      this.options.tell({ event: 'proposal', data: { why, patch } });
      this.phase('verify');
      const still = await this.attempt(after);
      if (still === undefined) return this.ended('fixed', why, { patch, model });
      this.tried.push({ edits, became: still.ended });
      failure = still;
    }
    return this.ended('not_fixed', `No fix was found in ${this.rounds} tries.`);
  }

  private phase(phase: string): void {
    this.options.tell({ event: 'phase', data: { phase, round: this.rounds } });
  }

  private async tree(): Promise<Tree> {
    const { source } = this.request;
    if ('files' in source) return uploadedTree(source.files);
    const url = allowedUrl(source.git.url, this.fixing.gitAllowed);
    if (url === undefined) throw new TreeError('Git may not fetch from this address here.');
    this.phase('fetch');
    const onOutput = this.outputTeller();
    return this.inBox((box) =>
      clonedTree(box, { ...source.git, url }, { signal: this.options.signal, onOutput }),
    );
  }

  /** Undefined where the command succeeds. */
  private async attempt(
    tree: Tree,
  ): Promise<{ readonly ended: string; readonly output: string } | undefined> {
    const { command, timeoutSeconds } = this.request;
    const output = new Output(OUTPUT_SHOWN);
    const tell = this.outputTeller();
    const onOutput = (bytes: Uint8Array) => {
      output.add(bytes);
      tell(bytes);
    };
    const { signal } = this.options;
    const ended = await this.inBox(async (box) => {
      await box.put(tree);
      return box.run(command, { timeoutMs: timeoutSeconds * 1000, signal, onOutput });
    });
    signal.throwIfAborted();
    const how = ended.outcome === 'exited' ? `exit code ${ended.exitCode}` : ended.outcome;
    this.options.tell({ event: 'ended', data: { how } });
    const limit = LIMITS[ended.outcome];
    if (limit) throw new Limit(ended.cause ? `${limit} ${ended.cause}` : limit);
    return ended.exitCode === 0 ? undefined : { ended: how, output: output.text };
  }

  /** Bytes of an output as text: a character may come in two pieces. */
  private outputTeller(): (bytes: Uint8Array) => void {
    const decoder = new TextDecoder();
    return (bytes) =>
      this.options.tell({ event: 'output', data: { text: decoder.decode(bytes, { stream: true }) } });
  }

  private async inBox<T>(work: (box: Box) => Promise<T>): Promise<T> {
    const { name, signal, tell } = this.options;
    const box = await this.fixing.boxes.open({
      name: `${name}-${++this.boxesOpened}`,
      image: this.request.image,
      ttl: Math.max(LEAST_SECONDS, this.request.timeoutSeconds) + BOX_SECONDS,
      signal,
      onWaiting: () => tell({ event: 'phase', data: { phase: 'wait', round: this.rounds } }),
    });
    try {
      return await work(box);
    } finally {
      await box.close();
    }
  }

  /** Undefined where the answer makes no sense: it counts as a try. */
  private async propose(
    tree: Tree,
    failure: { readonly ended: string; readonly output: string },
  ): Promise<Proposal | undefined> {
    const { command } = this.request;
    const asked = { ...failure, command, files: shownFiles(tree), tried: this.tried };
    try {
      return await this.fixing.model.propose(asked, this.options.signal);
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'nonsense') throw error;
      this.options.tell({ event: 'ended', data: { how: error.message } });
      return undefined;
    }
  }

  /** Undefined where the edits cannot be made, which the model is told. */
  private changedTree(tree: Tree, { edits }: Proposal): Tree | undefined {
    try {
      return applied(tree, edits, this.request.command);
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      this.options.tell({ event: 'ended', data: { how: error.message } });
      this.tried.push({ edits, became: error.message });
      return undefined;
    }
  }
}

function shownFiles(tree: Tree): Record<string, string> {
  const shown: Record<string, string> = Object.create(null);
  let room = MOST_SHOWN;
  for (const [path, content] of [...tree].sort(([, left], [, right]) => left.length - right.length)) {
    const text = content.length > room ? undefined : textOf(content);
    if (text === undefined) continue;
    shown[path] = text;
    room -= content.length;
  }
  return shown;
}
