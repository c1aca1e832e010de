/**
 * One cache in a process of its own. Prints as JSON, a line each: what the first of the objects cost, when they are there;
 * and what the changes cost, when so many were told. Started by caches-main.ts: `cache-load.ts NAME CACHED_JSON CHANGES`.
 */
import { caches } from './caches';

const gc = (globalThis as { gc?: () => void }).gc;

/** What is held now, and not what is left over. */
function heldBytes(): number {
  if (!gc) throw new Error('run with --expose-gc');
  for (let time = 0; time < 3; time += 1) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const moment = () => new Promise((resolve) => setTimeout(resolve, 20));

async function main([name, cached, wanted]: string[]): Promise<void> {
  const open = caches[name!]!;
  // Loads its code, and is no part of what the objects cost.
  const first = await open({ ...JSON.parse(cached!), namespace: 'kube-public' });
  await first.close();
  const before = { bytes: heldBytes(), cpu: cpuMs(), at: performance.now() };
  const cache = await open(JSON.parse(cached!));
  const [ms, cpu] = [performance.now() - before.at, cpuMs() - before.cpu];
  const bytes = heldBytes() - before.bytes;
  const { objects } = cache.state();
  tell({ objects, ms, cpuMs: cpu, bytes });
  const began = cpuMs();
  while (cache.state().changes < Number(wanted)) await moment();
  const changed = cpuMs() - began;
  tell({ changes: cache.state().changes, cpuMs: changed, peakMb: process.resourceUsage().maxRSS / 1024 });
  process.exit(0);
}

main(process.argv.slice(2)).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
