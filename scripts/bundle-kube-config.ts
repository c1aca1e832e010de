/**
 * Bundles the kubeconfig and authentication half of @kubernetes/client-node as CommonJS, because the package is ESM-only and
 * plain jest cannot load it: what each kubeconfig needs in one file, what few need in another. Beside the bundle goes a notice
 * with the licence of every package that has code in it. Run: `npx tsx scripts/bundle-kube-config.ts [FOLDER...]`, default `kube/vendor`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { notice } from './licences';

const repository = resolve(__dirname, '..');

/**
 * What authentication does not use of client-node: the generated API client (300 kB, behind `makeApiClient`), and a parser of
 * YAML, since it is given what our own has read.
 */
const replaced: Readonly<Record<string, string>> = {
  './gen/index.js': `
    const refuse = () => { throw new Error('makeApiClient is not in this bundle; use client-node itself'); };
    export const createConfiguration = refuse;
    export const ServerConfiguration = refuse;`,
  'js-yaml': 'export default { load: JSON.parse };',
};

/** What few kubeconfigs need: packages in a file of their own, which is read by the first that does. */
const RARE = 'kube-config-rare.cjs';
const rare = (name: string) => `require('./${RARE}')['${name}']()`;
const rarePackages = ['openid-client', 'jsonpath-plus', 'socks-proxy-agent'];

/**
 * What is loaded by the first that asks for it, since a person waits for the start of a command: providers of older files, a
 * proxy that speaks SOCKS, and `fetch`, which Node itself loads late. Each name with where it comes from.
 */
const later: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'openid-client': {
    // client-node gives the issuer as a text, and openid-client takes a URL alone.
    discovery: `(issuer, id) => ${rare('openid-client')}.discovery(new URL(issuer), id)`,
    refreshTokenGrant: `${rare('openid-client')}.refreshTokenGrant`,
  },
  'jsonpath-plus': { JSONPath: `${rare('jsonpath-plus')}.JSONPath` },
  'socks-proxy-agent': { SocksProxyAgent: `${rare('socks-proxy-agent')}.SocksProxyAgent` },
  'node-fetch': { Headers: 'globalThis.Headers' },
};

function asGetters(names: Readonly<Record<string, string>>): string {
  return Object.entries(names)
    .map(
      ([name, source]) =>
        `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => ${source} });`,
    )
    .join('\n');
}

const sources: Readonly<Record<string, string>> = {
  ...replaced,
  ...Object.fromEntries(Object.entries(later).map(([name, names]) => [name, asGetters(names)])),
};

const client = join(repository, 'node_modules/@kubernetes/client-node/dist');

const leaveOut: Plugin = {
  name: 'leave-out-what-authentication-does-not-use',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /./ }, ({ path }) => {
      if (path === `./${RARE}`) return { path, external: true };
      return Object.hasOwn(sources, path) ? { path, namespace: 'replaced' } : undefined;
    });
    onLoad({ filter: /./, namespace: 'replaced' }, ({ path }) => ({
      contents: sources[path] as string,
      resolveDir: client,
    }));
  },
};

function bundle(contents: string, plugins: Plugin[]) {
  return build({
    stdin: { contents, resolveDir: client },
    absWorkingDir: repository,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'inline',
    metafile: true,
    write: false,
    plugins,
  });
}

async function main(folders: string[]): Promise<void> {
  const usual = await bundle(`export { KubeConfig } from './config.js';`, [leaveOut]);
  const loaders = rarePackages.map((name) => `exports['${name}'] = () => require('${name}');`);
  const others = await bundle(loaders.join('\n'), []);
  const texts = [
    ['kube-config.cjs', usual.outputFiles[0]!.text],
    [RARE, others.outputFiles[0]!.text],
    ['THIRD-PARTY.txt', notice('kube-config.cjs', usual.metafile, others.metafile)],
  ] as const;
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of texts) writeFileSync(join(folder, name), text);
  }
}

main(process.argv.length > 2 ? process.argv.slice(2) : [join(repository, 'kube/vendor')]).catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
