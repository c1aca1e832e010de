/**
 * Makes one file of the commands that bring objects into a cluster, with all that they load at once: Node takes longer to find
 * two hundred files than to run them, and a person waits. It takes the place of the compiled `cli/deploy/commands.js`; beside it
 * go the licences of the packages in it. Run: `npx tsx scripts/bundle-deploy-commands.ts FOLDER`, where the package is compiled to.
 */
import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { notice } from './licences';

const repository = resolve(__dirname, '..');
const place = 'cli/deploy';

const outside: Plugin = {
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
};

/** @param folder where the package is compiled to */
export async function bundleDeployCommands(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: [`${place}/commands.ts`],
    outfile: join(folder, place, 'commands.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    metafile: true,
    plugins: [outside],
  });
  writeFileSync(join(folder, place, 'THIRD-PARTY.txt'), notice('commands.js', metafile));
  return metafile;
}

if (require.main === module) {
  bundleDeployCommands(resolve(process.argv[2] ?? 'lib')).catch((error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
