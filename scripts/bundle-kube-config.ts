/**
 * Bundles the kubeconfig and authentication half of @kubernetes/client-node into one CommonJS file, because the
 * package is ESM-only and plain jest cannot load it. Beside the bundle goes a notice with the licence of every
 * package that has code in it. Run: `npx tsx scripts/bundle-kube-config.ts [FOLDER...]`, default `kube/vendor`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BuildResult, build, type Plugin } from 'esbuild';

const repository = resolve(__dirname, '..');

/**
 * Two imports of client-node's config.js that authentication does not use: the generated API client (300 kB, behind
 * `makeApiClient`), and node-fetch (behind `applyToFetchOptions`), of which Node's own `Headers` does the same.
 */
const replaced: ReadonlyArray<readonly [pattern: RegExp, source: string]> = [
  [
    /^\.\/gen\/index\.js$/,
    `const refuse = () => { throw new Error('makeApiClient is not in this bundle; use client-node itself'); };
     export const createConfiguration = refuse;
     export const ServerConfiguration = refuse;`,
  ],
  [/^node-fetch$/, 'export const Headers = globalThis.Headers;'],
];

const leaveOut: Plugin = {
  name: 'leave-out-what-authentication-does-not-use',
  setup(plugin) {
    replaced.forEach(([filter, contents], index) => {
      plugin.onResolve({ filter }, () => ({ path: String(index), namespace: 'replaced' }));
      plugin.onLoad({ filter: new RegExp(`^${index}$`), namespace: 'replaced' }, () => ({ contents }));
    });
  },
};

function packageFolders(result: BuildResult<{ metafile: true }>): string[] {
  const folders = new Set<string>();
  for (const output of Object.values(result.metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (folder && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

/** The licence as the package ships it; a package without a licence file states its licence in package.json. */
function licence(folder: string): string {
  const path = join(repository, folder);
  const about = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const file = readdirSync(path).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (!file && !about.license) throw new Error(`${folder} ships no licence: it must not be bundled`);
  const text = file ? readFileSync(join(path, file), 'utf8').trim() : `(no licence file in the package)`;
  return `${about.name} ${about.version}, ${about.license}\n\n${text}`;
}

async function main(folders: string[]): Promise<void> {
  const result = await build({
    stdin: {
      contents: `export { KubeConfig } from '@kubernetes/client-node/dist/config.js';`,
      resolveDir: repository,
    },
    absWorkingDir: repository,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    metafile: true,
    write: false,
    plugins: [leaveOut],
  });
  const bundled = packageFolders(result);
  const notice = [
    'kube-config.cjs contains code of these packages, each under its own licence.',
    ...bundled.map(licence),
  ];
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'kube-config.cjs'), result.outputFiles[0]!.text);
    writeFileSync(join(folder, 'THIRD-PARTY.txt'), notice.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n');
  }
}

main(process.argv.length > 2 ? process.argv.slice(2) : [join(repository, 'kube/vendor')]).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
