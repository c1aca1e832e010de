/**
 * Makes one file of the commands that bring objects into a cluster, with all that they load at once, and one of what starts
 * every command: Node takes longer to find two hundred files than to run them, and a person waits. They take the place of the
 * compiled `cli/deploy/commands.js` and `cli/main.js`; beside the first go the licences of the packages in it.
 * Run: `npx tsx scripts/bundle-deploy-commands.ts FOLDER`, where the package is compiled to.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { notice } from './licences';

const repository = resolve(__dirname, '..');
const START = 'cli/main.ts';
const COMMANDS = 'cli/deploy/commands.ts';

const outsideOf = (place: string): Plugin => ({
  name: 'what-stays-a-file-of-its-own',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind, resolveDir }) => {
      const file = relative(repository, join(resolveDir, path));
      // What is required inside a function is loaded when it is called, and a class that the caller asks for is the caller's.
      const isOurs = !resolveDir.includes('node_modules');
      if (!isOurs || (kind !== 'require-call' && file !== 'cli/command')) return undefined;
      if (!path.startsWith('.')) return { path, external: true };
      const from = relative(place, file);
      return { path: from.startsWith('.') ? from : `./${from}`, external: true };
    });
  },
});

/** @param folder where the package is compiled to */
export async function bundleDeployCommands(folder: string): Promise<void> {
  await bundle(START, folder);
  const metafile = await bundle(COMMANDS, folder);
  writeFileSync(join(folder, dirname(COMMANDS), 'THIRD-PARTY.txt'), notice('commands.js', metafile));
}

async function bundle(entry: string, folder: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [entry],
    outfile: join(folder, entry.replace(/\.ts$/, '.js')),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    metafile: true,
    plugins: [outsideOf(dirname(entry))],
  });
  return metafile;
}

if (require.main === module) {
  bundleDeployCommands(resolve(process.argv[2] ?? 'lib')).catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
