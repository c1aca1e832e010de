import { ClusterError } from '../errors';
import { ensureBaseImage } from '../images/build';
import { installDebianPackages, testPackages } from './debian';
import { progressLines } from './progress';
import { setUpTools } from './setup-tools';

/** `npx tsx cluster/tools/setup.ts [names...]`: makes a machine ready; with names it prints where those tools are. */
async function main(names: readonly string[]): Promise<void> {
  const progress = progressLines();
  const started = Date.now();
  const paths = await setUpTools(names, progress);
  if (names.length > 0) process.stdout.write(`${paths.join('\n')}\n`);
  else {
    installDebianPackages(progress, testPackages);
    await ensureBaseImage(progress);
  }
  progress(`${paths.length} tools ready after ${Math.round((Date.now() - started) / 1000)} s`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof ClusterError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
