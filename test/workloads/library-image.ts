import { copyFileSync, cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pack, temporaryFolder } from '../package/consumer';
import { build, builtOnce, hashOf, recipeOf, workloads } from './images';

interface LibraryImage {
  readonly program: string;
  /** What the image is called. */
  readonly name: string;
  /** Of `workloads/`, what it is built of; the program's own folder is among them. */
  readonly sources: readonly string[];
  /** What it is made on, where that is not what all others are. @default - Debian without its manuals */
  readonly base?: () => Promise<string>;
}

/** Builds an image that has the package in it as it is packed, unless the very same was built before. Its tag. */
export async function libraryImage({ program, name, sources, base }: LibraryImage): Promise<string> {
  const { path: context, remove } = temporaryFolder(program);
  try {
    for (const source of sources)
      cpSync(join(workloads, source), join(context, source), {
        recursive: true,
        filter: (path) => !/node_modules|\.tgz$/.test(path),
      });
    const packed = temporaryFolder('packed');
    try {
      const tarball = await pack(packed.path);
      copyFileSync(tarball, join(context, program, basename(tarball)));
    } finally {
      packed.remove();
    }
    const tag = `localhost/${name}:1.0.0-${hashOf(context, sources)}`;
    return await builtOnce(tag, async () => {
      const { dockerfile, args } = await recipeOf(program, join(workloads, program));
      const own = base ? { BASE: await base() } : {};
      return build({ tag, context, dockerfile, args: { ...args, ...own } });
    });
  } finally {
    remove();
  }
}
