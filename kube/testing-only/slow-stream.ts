/**
 * One stream of 100 MB in a process of its own, so that its memory is that of the stream and nothing else:
 * `node --expose-gc --import tsx slow-stream.ts out|in KUBECONFIG NAMESPACE POD`. Prints as JSON by how much the peak of
 * the memory that the process had of the machine was above what it had before. Nothing is collected on purpose meanwhile.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Connection } from '../connection';
import { exec } from '../stream/exec';

const megabytes = 100;

async function slowReader(connection: Connection, pod: string): Promise<number> {
  const command = ['head', '-c', String(megabytes << 20), '/dev/zero'];
  const run = await exec(connection, { pod, command });
  const errors = run.stderr!.resume();
  let bytes = 0;
  for await (const chunk of run.stdout!) {
    bytes += chunk.length;
    if (bytes % (1 << 20) < chunk.length) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const end = await run.ended;
  if (end.type !== 'exited' || end.exitCode !== 0 || !errors.readableEnded)
    throw new Error(JSON.stringify(end));
  return bytes;
}

async function slowPod(connection: Connection, pod: string): Promise<number> {
  // Two processes for what one read gives: the pod is slower than the network. (`head -c` would read on past its count,
  // and take what it read with it.)
  const script =
    'total=0; while n=$(dd bs=65536 count=1 2>/dev/null | wc -c) && [ "$n" -gt 0 ]; do total=$((total + n)); done; echo $total';
  const run = await exec(connection, { pod, command: ['sh', '-c', script], stdin: true });
  run.stderr!.resume();
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (let index = 0; index < megabytes; index += 1) {
    if (!run.stdin!.write(chunk)) await new Promise((resolve) => run.stdin!.once('drain', resolve));
  }
  run.stdin!.end();
  let answer = '';
  for await (const part of run.stdout!) answer += part;
  const end = await run.ended;
  if (end.type !== 'exited' || end.exitCode !== 0) throw new Error(JSON.stringify(end));
  return Number(answer);
}

async function main([direction, kubeconfig, namespace, pod]: string[]): Promise<void> {
  const connection = new Connection({ kubeconfig, namespace });
  // The first exec loads and compiles everything; what is measured is the second.
  const warm = await exec(connection, { pod: pod!, command: ['true'] });
  await warm.ended;
  global.gc!();
  const before = process.memoryUsage.rss();
  // From here on the kernel counts the peak anew.
  writeFileSync('/proc/self/clear_refs', '5');
  const bytes = await (direction === 'out' ? slowReader : slowPod)(connection, pod!);
  const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  connection.close();
  process.stdout.write(`${JSON.stringify({ bytes, grownBytes: peak - before })}\n`);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
