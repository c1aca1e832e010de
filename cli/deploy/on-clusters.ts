import { Deployer, type DeployerOptions } from '../../deploy';
import { DrydockError } from '../../errors';
import { type Io, UsageError } from '../command';
import { printable } from '../printable';
import { asJson } from './as-json';
import { type Paint, paintFor } from './colours';
import type { Terminal, Told } from './live-tree';
import { type ClusterValues, milliseconds } from './options';

/** What a command does on a cluster. */
export interface Work<Given, Answer> {
  readonly command: string;
  readonly release: string;
  readonly values: ClusterValues;
  /** Reads what it needs of this machine, once for all clusters. */
  prepare(): Promise<Given>;
  act(deployer: Deployer, given: Given): Promise<Answer>;
  /** For people. */
  text(answer: Answer, paint: Paint): string;
  /** For programs. */
  json(answer: Answer): string;
  code(answer: Answer): number;
  /** Who is told what happens meanwhile. @default - nobody */
  told?(tell: (text: string) => void, paint: Paint, terminal: Terminal | undefined): Told;
}

/** Does it on the cluster of the current context, or on each that is named, and tells each outcome. Resolves to the exit code. */
export async function onClusters<Given, Answer>(work: Work<Given, Answer>, io: Io): Promise<number> {
  const { command, values } = work;
  if (values.output !== 'text' && values.output !== 'json') {
    throw new UsageError(`--output takes text or json, not "${values.output}"`, `drydock ${command} --help`);
  }
  const contexts = contextsOf(values);
  return contexts.length > 1 ? onMany(work, contexts, io) : onOne(work, contexts[0], io);
}

/** Named several times, or with commas. One that is named twice is one. */
function contextsOf({ context = [] }: ClusterValues): string[] {
  return [...new Set(context.flatMap((one) => one.split(',')))].filter((one) => one !== '');
}

async function onOne<Given, Answer>(
  work: Work<Given, Answer>,
  context: string | undefined,
  io: Io,
): Promise<number> {
  const answer = await withDeployer(
    work,
    { context, tell: io.err, terminal: process.stderr },
    async (deployer) => work.act(deployer, await work.prepare()),
  );
  io.out(
    work.values.output === 'json' ? `${work.json(answer)}\n` : work.text(answer, paintFor(process.stdout)),
  );
  return work.code(answer);
}

interface Outcome {
  readonly context: string;
  readonly code: number;
  /** JSON: the answer, or the error as its facts. */
  readonly told: string;
  readonly isFailure: boolean;
}

/**
 * All at once. Each outcome is told when it is there, so that a cluster that cannot be reached holds up no other; its calls end
 * by their deadline. The exit code is the worst of them.
 */
async function onMany<Given, Answer>(
  work: Work<Given, Answer>,
  contexts: readonly string[],
  io: Io,
): Promise<number> {
  const isText = work.values.output === 'text';
  const paint = paintFor(process.stdout);
  const given = await work.prepare();
  const outcomes = await Promise.all(
    contexts.map(async (context): Promise<Outcome> => {
      const title = paint('bold', `== ${printable(context)} ==`);
      try {
        const tell = (text: string) => io.err(text.replace(/^(?=.)/gm, `[${printable(context)}] `));
        const answer = await withDeployer(work, { context, tell }, (deployer) => work.act(deployer, given));
        if (isText) io.out(`${title}\n${work.text(answer, paint)}\n`);
        return { context, code: work.code(answer), told: `"result": ${work.json(answer)}`, isFailure: false };
      } catch (error) {
        if (error instanceof UsageError) throw error;
        if (isText) io.out(`${title}\n${paint('red', printable(`drydock: ${wordsOf(error)}`))}\n\n`);
        const told = `"error": ${asJson(error instanceof DrydockError ? error : { message: wordsOf(error) })}`;
        return { context, code: work.command === 'diff' ? 2 : 1, told, isFailure: true };
      }
    }),
  );
  const failed = outcomes.filter(({ isFailure }) => isFailure).map(({ context }) => context);
  if (isText) io.out(`${contexts.length} clusters: ${countText(outcomes.length, failed)}\n`);
  else io.out(`{ "clusters": [${outcomes.map(jsonOf).join(', ')}] }\n`);
  return Math.max(...outcomes.map(({ code }) => code));
}

function countText(all: number, failed: readonly string[]): string {
  if (failed.length === 0) return 'each has answered';
  return `${all - failed.length} have answered, ${failed.length} failed (${printable(failed.join(', '))})`;
}

function jsonOf({ context, code, told }: Outcome): string {
  return `{ "context": ${JSON.stringify(context)}, "exitCode": ${code}, ${told} }`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Listener {
  readonly context: string | undefined;
  readonly tell: (text: string) => void;
  /** Of one cluster alone: two trees cannot be drawn at one place. */
  readonly terminal?: Terminal;
}

/** Runs with a Deployer, which is closed whatever happens. */
async function withDeployer<Given, Answer>(
  { command, release, values, told }: Work<Given, Answer>,
  { context, tell, terminal }: Listener,
  act: (deployer: Deployer) => Promise<Answer>,
): Promise<Answer> {
  const progress = told?.(tell, paintFor(process.stderr), terminal);
  const { namespace, kubeconfig } = values;
  const options: DeployerOptions = {
    release,
    ...(progress && { onEvent: progress.onEvent }),
    allowExecPlugin: values['allow-exec-plugin'],
    ...(namespace === undefined ? {} : { namespace }),
    ...(context === undefined ? {} : { context }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(values.timeout === undefined ? {} : { timeoutMs: milliseconds(command, values.timeout) }),
  };
  const deployer = new Deployer(options);
  let isWell = false;
  try {
    const answer = await act(deployer);
    isWell = true;
    return answer;
  } finally {
    progress?.end(isWell);
    deployer.close();
  }
}
