import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster, CommandResult, TestNamespace } from '../../cluster';
import { runCommand } from '../../cluster/command';

/** A tool that brings what a repository says into a cluster. */
export interface GitOpsTool {
  readonly name: string;
  /** Brings these objects into the namespace, and removes those of the sync before that are not among them. */
  sync(objects: readonly object[], withinSeconds: number): Promise<CommandResult>;
  /** What one sync answers where a Job may not have another template. */
  readonly refusal: RegExp;
}

/** Builds a program of this folder, from the modules that its go.sum pins. */
export function built(program: 'argo-sync' | 'flux-apply', folder: string): string {
  const output = path.join(folder, program);
  execFileSync('go', ['build', '-trimpath', '-buildvcs=false', '-o', output, '.'], {
    cwd: path.join(__dirname, program),
    stdio: 'inherit',
    env: { ...process.env, CGO_ENABLED: '0' },
  });
  return output;
}

function written(folder: string, name: string, objects: readonly object[]): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  return file;
}

/** Argo CD's own engine. */
export function argo({ kubeconfig }: Cluster, namespace: TestNamespace, folder: string): GitOpsTool {
  const program = built('argo-sync', folder);
  return {
    name: "Argo CD's gitops-engine",
    refusal: /SyncFailed.*field is immutable/s,
    sync(objects, seconds) {
      const args = [namespace.name, written(folder, 'argo', objects), String(seconds)];
      return runIn(kubeconfig, program, args);
    },
  };
}

/** The library that does the work of Flux's kustomize-controller. */
export function flux({ kubeconfig }: Cluster, namespace: TestNamespace, folder: string): GitOpsTool {
  const program = built('flux-apply', folder);
  const inventory = path.join(folder, 'inventory.json');
  return {
    name: "Flux's ssa.ResourceManager",
    refusal: /apply: .*immutable/s,
    sync(objects, seconds) {
      const file = written(folder, 'flux', objects);
      return runIn(kubeconfig, program, ['shop', namespace.name, file, inventory, String(seconds)]);
    },
  };
}

function runIn(kubeconfig: string, program: string, args: readonly string[]): Promise<CommandResult> {
  return runCommand(program, args, { env: { KUBECONFIG: kubeconfig }, allowFailure: true });
}
