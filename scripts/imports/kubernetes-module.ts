import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ImportsError } from './imports-error';
import type { Swagger } from './swagger';

const run = promisify(execFile);

export const kubernetesModule = 'k8s.io/kubernetes';

/** The Go module that also builds our API server: its go.mod is the only place that pins the version. */
const pinFolder = path.resolve(__dirname, '../../cluster/tools/kubernetes-1.34');

export interface KubernetesSpec {
  readonly version: string;
  readonly swagger: Swagger;
}

/** Fetches the pinned module with the ordinary Go client (a no-op once it is cached) and reads its OpenAPI document. */
export async function readKubernetesSpec(environment = process.env): Promise<KubernetesSpec> {
  const { Dir, Version } = await downloadModule(environment);
  const file = path.join(Dir, 'api/openapi-spec/swagger.json');
  return { version: Version, swagger: JSON.parse(await readFile(file, 'utf8')) as Swagger };
}

async function downloadModule(env: NodeJS.ProcessEnv): Promise<{ Dir: string; Version: string }> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', kubernetesModule], {
      cwd: pinFolder,
      env,
    });
    return JSON.parse(stdout) as { Dir: string; Version: string };
  } catch (error) {
    throw downloadError(error as NodeJS.ErrnoException & { stdout?: string; stderr?: string });
  }
}

function downloadError(error: NodeJS.ErrnoException & { stdout?: string; stderr?: string }): ImportsError {
  if (error.code === 'ENOENT') {
    return new ImportsError('GO_MISSING', {
      where: 'scripts/imports',
      found: 'no `go` on the PATH',
      expected: 'the Go toolchain, which fetches the module that holds the OpenAPI document',
      remedy: 'Install Go (the version that go.mod in cluster/tools/kubernetes-1.34 names, or newer).',
    });
  }
  // `go mod download -json` prints the reason as a field of its JSON and leaves stderr empty.
  const reason = error.stdout?.match(/"Error": "(.*)"/)?.[1] ?? error.stderr?.trim() ?? error.message;
  return new ImportsError('MODULE_UNAVAILABLE', {
    where: `go mod download ${kubernetesModule}`,
    found: reason,
    expected: 'the module, from the proxy that GOPROXY names or from the module cache',
    remedy: 'Check the network and `go env GOPROXY`.',
  });
}
