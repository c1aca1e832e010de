import { ClusterError } from '../errors';
import { installDebianPackages } from './debian';
import { allGroups } from './pins';
import { progressLines } from './progress';
import { tool } from './tool';

/**
 * Makes a machine ready: Debian packages that are missing, then every tool that the tests use (or only those named
 * on the command line). Nobody has to install anything by hand.
 */
async function setup(names: readonly string[]): Promise<void> {
  const progress = progressLines();
  const started = Date.now();
  if (!process.env.DRYDOCK_TOOLS_DIR) installDebianPackages(progress);
  const wanted =
    names.length > 0
      ? names
      : allGroups()
          .filter((group) => !group.onDemand)
          .flatMap((group) => Object.keys(group.tools));
  for (const [index, name] of wanted.entries()) {
    const file = await tool(name, progress);
    if (names.length > 0) process.stdout.write(`${file}\n`);
    else progress(`${index + 1} of ${wanted.length}: ${name}`);
  }
  progress(`all ready after ${Math.round((Date.now() - started) / 1000)} s`);
}

setup(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof ClusterError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
