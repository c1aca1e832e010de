import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Cluster, tool } from '../../cluster';
import { type CommandResult, runCommand } from '../../cluster/command';

const repository = join(__dirname, '..', '..');

/** The scripts of workloads/, with the kubectl, the helm and the `drydock` that the tests have. */
export interface WorkloadScripts {
  /** Installs the release or brings it to another version; options go to helm. */
  deploy(...options: readonly string[]): Promise<CommandResult>;
  /** Says whether it runs as it was installed. */
  validate(...options: readonly string[]): Promise<CommandResult>;
  /** Prepares CI-fixer outside of the cluster. */
  outside(...options: readonly string[]): Promise<CommandResult>;
}

/** Lays the scripts into a folder that has the charts: they look for both at their places in the repository. */
export async function workloadScripts(
  cluster: Pick<Cluster, 'kubeconfig'>,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<WorkloadScripts> {
  const [scripts, programs] = [join(folder, 'workloads', 'scripts'), join(folder, 'bin')];
  for (const path of [scripts, programs, join(folder, 'dist')]) mkdirSync(path, { recursive: true });
  symlinkSync(join(folder, 'charts'), join(folder, 'dist', 'charts'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(await tool('kubectl'), join(programs, 'kubectl'));
  symlinkSync(await tool('helm-4'), join(programs, 'helm'));
  // `npx drydock` needs the package compiled; this is the same command from its source.
  const [tsx, main] = [join(repository, 'node_modules', '.bin', 'tsx'), join(repository, 'cli', 'main.ts')];
  const npx = `#!/bin/sh\n[ "$1" = drydock ] || exit 127\nshift\nexec "${tsx}" "${main}" "$@"\n`;
  writeFileSync(join(programs, 'npx'), npx, { mode: 0o755 });
  const run = async (script: string, options: readonly string[]) => {
    const path = join(scripts, script);
    copyFileSync(join(repository, 'workloads', 'scripts', script), path);
    chmodSync(path, 0o755);
    const PATH = `${programs}${delimiter}${process.env.PATH}`;
    const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
    return runCommand(path, options, { env: { PATH, KUBECONFIG: cluster.kubeconfig, ...home, ...env } });
  };
  return {
    deploy: (...options) => run('deploy.sh', options),
    validate: (...options) => run('validate.sh', options),
    outside: (...options) => run('outside.sh', options),
  };
}
