/**
 * One copy by the published client. It can crash its process, so it has one of its own: `published-copy.ts UP|DOWN JSON`.
 * Prints the milliseconds until the exec that it started has ended. Started by copy.ts.
 */
export interface PublishedCopy {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly pod: string;
  readonly from: string;
  readonly to: string;
}

async function main([direction, text]: readonly string[]): Promise<void> {
  const { kubeconfig, namespace, pod, from, to } = JSON.parse(text ?? '') as PublishedCopy;
  const { Cp, Exec, KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const exec = new Exec(config);
  const original = exec.exec.bind(exec);
  // Its promise resolves when the copy begins, so we wait for the exec to end.
  const ended = new Promise<void>((resolve) => {
    exec.exec = async (...args: Parameters<typeof original>) => {
      const socket = await original(...args);
      socket.addEventListener('close', () => resolve());
      return socket;
    };
  });
  const copy = new Cp(config, exec);
  const started = performance.now();
  if (direction === 'UP') await copy.cpToPod(namespace, pod, 'sandbox', from, to);
  else await copy.cpFromPod(namespace, pod, 'sandbox', from, to);
  await ended;
  process.stdout.write(`${performance.now() - started}\n`, () => process.exit(0));
}

void main(process.argv.slice(2));
