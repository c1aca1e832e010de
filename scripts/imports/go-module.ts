import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ImportsError } from './imports-error';

const run = promisify(execFile);

export interface GoModule {
  /** Where its files are. */
  readonly Dir: string;
  readonly Version: string;
}

/**
 * Fetches a module with the ordinary Go client (a no-op once it is cached), in the version that the go.mod in
 * `pinFolder` names and the content that go.sum beside it holds.
 */
export async function goModule(
  name: string,
  pinFolder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<GoModule> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', name], { cwd: pinFolder, env });
    return JSON.parse(stdout) as GoModule;
  } catch (error) {
    throw downloadError(
      name,
      pinFolder,
      error as NodeJS.ErrnoException & { stdout?: string; stderr?: string },
    );
  }
}

function downloadError(
  name: string,
  pinFolder: string,
  error: NodeJS.ErrnoException & { stdout?: string; stderr?: string },
): ImportsError {
  if (error.code === 'ENOENT') {
    return new ImportsError('GO_MISSING', {
      where: 'scripts/imports',
      found: 'no `go` on the PATH',
      expected: `the Go toolchain, which fetches ${name}`,
      remedy: `Install Go (the version that ${path.join(pinFolder, 'go.mod')} names, or newer).`,
    });
  }
  // `go mod download -json` prints the reason as a field of its JSON and leaves stderr empty.
  const reason = error.stdout?.match(/"Error": "(.*)"/)?.[1] ?? error.stderr?.trim() ?? error.message;
  return new ImportsError('MODULE_UNAVAILABLE', {
    where: `go mod download ${name}`,
    found: reason,
    expected: 'the module, from the proxy that GOPROXY names or from the module cache',
    remedy: 'Check the network and `go env GOPROXY`.',
  });
}
