import { Deployer, type DeployerOptions } from '../../deploy';
import { DrydockError, printable } from '../../errors';
import { type Io, UsageError } from '../command';
import type { Terminal } from '../live-screen';
import { asJson } from './as-json';
import { type Paint, paintFor } from './colours';
import type { Told } from './live-tree';
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
  const targets = targetsOf(values);
  const [only] = targets;
  return only && targets.length === 1 ? onOne(work, only, io) : onMany(work, targets, io);
}

/** One cluster of those that a command line names. */
interface Target {
  /** How it is told from the others. */
  readonly name: string;
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
}

/**
 * Both can be named several times, contexts with commas too: then it is each context of each file. One that is named twice is one.
 */
function targetsOf({ context = [], kubeconfig = [] }: ClusterValues): Target[] {
  const files = new Set(kubeconfig);
  const contexts = new Set(context.flatMap((one) => one.split(',')).filter((one) => one !== ''));
  const orUsual = (named: ReadonlySet<string>) => (named.size === 0 ? [undefined] : [...named]);
  return orUsual(files).flatMap((file) =>
    orUsual(contexts).map((one): Target => {
      const name = [files.size > 1 ? file : undefined, one].filter((part) => part !== undefined).join(' ');
      return { name, context: one, kubeconfig: file };
    }),
  );
}

async function onOne<Given, Answer>(work: Work<Given, Answer>, target: Target, io: Io): Promise<number> {
  const answer = await withDeployer(
    work,
    { target, tell: io.err, terminal: process.stderr },
    async (deployer) => work.act(deployer, await work.prepare()),
  );
  io.out(
    work.values.output === 'json' ? `${work.json(answer)}\n` : work.text(answer, paintFor(process.stdout)),
  );
  return work.code(answer);
}

interface Outcome {
  readonly target: Target;
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
  targets: readonly Target[],
  io: Io,
): Promise<number> {
  const isText = work.values.output === 'text';
  const paint = paintFor(process.stdout);
  const given = await work.prepare();
  const outcomes = await Promise.all(
    targets.map(async (target): Promise<Outcome> => {
      const name = printable(target.name);
      const title = paint('bold', `== ${name} ==`);
      try {
        const tell = (text: string) => io.err(text.replace(/^(?=.)/gm, `[${name}] `));
        const answer = await withDeployer(work, { target, tell }, (deployer) => work.act(deployer, given));
        if (isText) io.out(`${title}\n${work.text(answer, paint)}\n`);
        return { target, code: work.code(answer), told: `"result": ${work.json(answer)}`, isFailure: false };
      } catch (error) {
        if (error instanceof UsageError) throw error;
        if (isText) io.out(`${title}\n${paint('red', printable(`drydock: ${wordsOf(error)}`))}\n\n`);
        const told = `"error": ${asJson(error instanceof DrydockError ? error : { message: wordsOf(error) })}`;
        return { target, code: work.command === 'diff' ? 2 : 1, told, isFailure: true };
      }
    }),
  );
  const failed = outcomes.filter(({ isFailure }) => isFailure).map(({ target }) => target.name);
  if (isText) io.out(`${targets.length} clusters: ${countText(outcomes.length, failed)}\n`);
  else io.out(`{ "clusters": [${outcomes.map(jsonOf).join(', ')}] }\n`);
  return Math.max(...outcomes.map(({ code }) => code));
}

function countText(all: number, failed: readonly string[]): string {
  if (failed.length === 0) return 'each has answered';
  return `${all - failed.length} have answered, ${failed.length} failed (${printable(failed.join(', '))})`;
}

function jsonOf({ target: { context, kubeconfig }, code, told }: Outcome): string {
  const named = Object.entries({ kubeconfig, context }).flatMap(([key, one]) =>
    one === undefined ? [] : `"${key}": ${JSON.stringify(one)}, `,
  );
  return `{ ${named.join('')}"exitCode": ${code}, ${told} }`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interface Listener {
  readonly target: Target;
  readonly tell: (text: string) => void;
  /** Of one cluster alone: two trees cannot be drawn at one place. */
  readonly terminal?: Terminal;
}

/** Runs with a Deployer, which is closed whatever happens. */
async function withDeployer<Given, Answer>(
  { command, release, values, told }: Work<Given, Answer>,
  { target: { context, kubeconfig }, tell, terminal }: Listener,
  act: (deployer: Deployer) => Promise<Answer>,
): Promise<Answer> {
  const progress = told?.(tell, paintFor(process.stderr), terminal);
  const { namespace } = values;
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
