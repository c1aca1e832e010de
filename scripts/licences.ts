import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

const repository = resolve(__dirname, '..');

/** The folders of the packages that have code in a bundle. */
function packageFolders(metafiles: readonly Metafile[]): string[] {
  const folders = new Set<string>();
  for (const { inputs } of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
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

/** What goes beside a bundle, of one file or of several: the licence of every package that has code in it. */
export function notice(bundle: string, ...metafiles: readonly Metafile[]): string {
  const all = [
    `${bundle} contains code of these packages, each under its own licence.`,
    ...packageFolders(metafiles).map(licence),
  ];
  return `${all.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
