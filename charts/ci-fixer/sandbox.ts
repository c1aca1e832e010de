import { defineSandbox, type SandboxRun, type SandboxSpec, sandboxRun } from '../../constructs';
import type { DeclaredValues, Values } from '../../core/values';
import type { sandboxValues } from './values';

type SandboxValues = Values<{ readonly sandbox: typeof sandboxValues }>['sandbox'];

/**
 * The sandbox of CI-fixer: the same for the chart that admits it and the chart that makes it.
 *
 * @example
 * const sandbox = ciFixerSandbox(ciFixerValues);
 * sandbox.job({ run: { name: 'fix-1', image: 'registry.example.com/tools:1.0.0' } });
 */
export function ciFixerSandbox<I extends DeclaredValues & { readonly sandbox: SandboxValues }>(
  install: I,
): SandboxSpec<I, SandboxRun> {
  const { sandbox } = install;
  return defineSandbox({
    install,
    run: sandboxRun,
    namespace: sandbox.namespace,
    serviceAccountName: sandbox.serviceAccount,
    name: sandboxRun.name,
    image: sandboxRun.image,
    imagePullPolicy: sandbox.imagePullPolicy,
    command: sandboxRun.command,
    env: sandboxRun.env,
    labels: sandboxRun.labels,
    deadlineSeconds: sandboxRun.deadlineSeconds,
    cpu: sandboxRun.cpu.orElse(sandbox.cpu),
    memory: sandboxRun.memory.orElse(sandbox.memory),
    ephemeralStorage: sandboxRun.ephemeralStorage.orElse(sandbox.ephemeralStorage),
    workspaceSize: sandbox.workspaceSize,
    runtimeClassName: sandbox.runtimeClass,
    priorityClassName: sandbox.priorityClass,
    queueName: sandbox.queue,
    allowOpenStart: sandbox.allowOpenStart,
    limits: { images: sandbox.images, labels: sandbox.labels, ...sandbox.max },
  });
}
