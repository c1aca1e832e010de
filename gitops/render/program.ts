import { lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parseManifests } from '../../check';
import type { SandboxesOptions } from '../../sandbox';
import { type CommandResult, SandboxError, type SandboxErrorCode, Sandboxes } from '../../sandbox';
import type { ProgramRender } from '../api/render';
import { GitopsError } from '../errors';
import type { SourceFile } from '../source/source';
import { MOST_OBJECTS, objectsIn, type Rendered, type Text } from './documents';
import { inOneLine, type RenderLimits } from './run-program';
import { withWorkFolder, writeFiles } from './work-folder';

/** Where programs of repositories run: a template that an administrator has installed says what they may be. */
export type ProgramSandboxes = Pick<
  SandboxesOptions,
  'namespace' | 'template' | 'kubeconfig' | 'context' | 'inCluster' | 'allowExecPlugin' | 'startTimeoutMs'
>;

export interface ProgramCall {
  readonly render: ProgramRender;
  readonly files: readonly SourceFile[];
  readonly limits: RenderLimits;
  readonly sandboxes: ProgramSandboxes | undefined;
  readonly signal?: AbortSignal | undefined;
}

const WHERE = 'the program in `spec.source.path`';
/** Below the working directory of the sandbox. */
const APP = 'app';
const OUT = 'manifests';
const VALUES = 'values.json';
const OUTPUT_BYTES = 65_536;
const TOLD = 1_000;
/** In seconds, beside the time of the program itself: files are sent and fetched. */
const AROUND = 120;

/**
 * What a program of a repository writes, when it runs in a sandbox of its own: no network, no token, nothing of the cluster,
 * and no more time, memory and disk than the template says. What it says of itself is not believed: its files go through the
 * reader of all manifests.
 */
export async function renderProgram(call: ProgramCall): Promise<Rendered> {
  const { render, files, limits, sandboxes: options, signal } = call;
  if (!options) throw notSetUp();
  const argv = render.command ?? ['/bin/sh', '-c', appOf(files)];
  return withWorkFolder(async (folder) => {
    const app = join(folder, APP);
    mkdirSync(app);
    writeFiles(app, files);
    const texts = await inSandbox(options, call, async (sandbox) => {
      const how = signal ? { signal } : {};
      await sandbox.files.upload(app, APP, how);
      if (render.values)
        await sandbox.files.write(VALUES, JSON.stringify({ values: { '*': render.values } }), how);
      const workspace = await homeOf(sandbox);
      const result = await sandbox.commands.run(argv, {
        ...{ ...how, cwd: APP, timeoutMs: limits.timeoutMs, maxOutputBytes: OUTPUT_BYTES },
        env: {
          CDK8S_OUTDIR: `${workspace}/${OUT}`,
          ...(render.values ? { [VALUES_VARIABLE]: `${workspace}/${VALUES}` } : {}),
        },
      });
      if (!result.ok) throw notRendered(result, limits);
      const at = render.output === undefined ? OUT : `${APP}/${render.output}`;
      const bounds = { maxBytes: limits.outputBytes, maxEntries: MOST_OBJECTS };
      await sandbox.files.download(at, join(folder, OUT), { ...how, special: 'skip', limits: bounds });
      return textsIn(join(folder, OUT));
    });
    return objectsIn(texts, signal);
  });
}

/** What a program of this library reads its values from: `DriverRequest` of `core/synth`. */
export const VALUES_VARIABLE = 'DRYDOCK_VALUES';

type Claimed = Awaited<ReturnType<Sandboxes['claim']>>;

async function inSandbox<Result>(
  options: ProgramSandboxes,
  { render, limits, signal }: ProgramCall,
  act: (sandbox: Claimed) => Promise<Result>,
): Promise<Result> {
  let sandboxes: Sandboxes | undefined;
  try {
    sandboxes = new Sandboxes(options);
    const sandbox = await sandboxes.claim({
      values: { image: render.image },
      ttl: Math.ceil(limits.timeoutMs / 1000) + AROUND,
      ...(signal ? { signal } : {}),
    });
    try {
      return await act(sandbox);
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw error instanceof SandboxError ? ofSandbox(error) : error;
  } finally {
    await sandboxes?.close();
  }
}

async function homeOf(sandbox: Claimed): Promise<string> {
  const { stdout } = (await sandbox.commands.run(['/bin/sh', '-c', 'pwd'], { timeoutMs: 10_000 })).orThrow();
  return stdout.text.trim();
}

/** Manifests by their paths; links that the program has left are passed over. */
function textsIn(root: string): Text[] {
  const below = (folder: string): string[] =>
    readdirSync(folder)
      .sort()
      .map((name) => join(folder, name))
      .flatMap((at) => {
        const found = lstatSync(at);
        if (found.isDirectory()) return below(at);
        return found.isFile() && /\.(ya?ml|json)$/.test(at) ? [at] : [];
      });
  return below(root).map((at) => ({
    name: `output ${relative(root, at).split(sep).join('/')}`,
    text: readFileSync(at, 'utf8'),
  }));
}

/** The command that `cdk8s synth` would run. */
function appOf(files: readonly SourceFile[]): string {
  const config = files.find(({ path }) => path === 'cdk8s.yaml' || path === 'cdk8s.yml');
  const [read] = config ? parseManifests(config.content.toString('utf8'), config.path, broken) : [];
  const app: unknown = read?.object.app;
  if (typeof app === 'string' && app.trim() !== '') return app;
  throw new GitopsError('RENDER_FAILED', {
    where: config?.path ?? WHERE,
    found: config ? 'no `app`' : 'no cdk8s.yaml',
    expected: 'the command that writes the manifests',
    remedy: 'write `app: node main.js` into cdk8s.yaml, or name `spec.render.cdk8s.command`',
  });
}

function broken(where: string, found: string, expected: string): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    ...{ where, found, expected },
    remedy: 'mend the file and push again; what was applied stays as it is',
  });
}

function notRendered(
  { outcome, exitCode, stdout, stderr }: CommandResult,
  limits: RenderLimits,
): GitopsError {
  const words = inOneLine(stderr.text.trim() || stdout.text.trim()).slice(-TOLD);
  const end: Readonly<Record<string, string>> = {
    exited: `exit code ${exitCode}`,
    timedOut: `no end within ${limits.timeoutMs / 1000} s`,
    oomKilled: 'more memory than the sandbox has',
  };
  const lost = ['evicted', 'podLost', 'connectionLost', 'aborted'].includes(outcome);
  return new GitopsError(lost ? 'SANDBOX_FAILED' : 'RENDER_FAILED', {
    where: WHERE,
    found: `${end[outcome] ?? outcome}${words === '' ? '' : `: ${words}`}`,
    expected: 'exit code 0',
    remedy: lost
      ? 'look at the sandboxes; it is tried again by itself'
      : 'mend the program and push again; what was applied stays as it is',
  });
}

/** What another commit, another Application or another template mends. */
const OF_THE_PROGRAM: readonly SandboxErrorCode[] = [
  ...([
    'TemplateMismatch',
    'ArgumentInvalid',
    'PolicyDenied',
    'ImagePull',
    'OOMKilled',
    'DeadlineExceeded',
  ] as const),
  ...(['CommandNotStarted', 'CommandMissing', 'TimedOut', 'FileMissing', 'FileUnsafe', 'FileLimit'] as const),
];

/** Whose fault it is that a sandbox could not do it: the program's, or that of the cluster, which may mend itself. */
export function ofSandbox(error: SandboxError): GitopsError {
  const isOfTheProgram = OF_THE_PROGRAM.includes(error.code);
  return new GitopsError(isOfTheProgram ? 'RENDER_FAILED' : 'SANDBOX_FAILED', {
    // Not where exactly: each sandbox has another name, and would be news.
    where: `${WHERE}, in its sandbox`,
    found: `${error.code}: ${inOneLine(error.found).slice(0, TOLD)}`,
    expected: inOneLine(error.expected),
    remedy: inOneLine(error.remedy),
  });
}

function notSetUp(): GitopsError {
  return new GitopsError('RENDER_FAILED', {
    where: 'spec.render.cdk8s',
    found: 'a controller that runs no programs',
    expected: 'one that is given a template of sandboxes (`--program-template`)',
    remedy: 'ask who runs the controller, or render before the push',
  });
}
