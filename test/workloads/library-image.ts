import { copyFileSync, cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pack, temporaryFolder } from '../package/consumer';
import { build, builtOnce, hashOf, recipeOf, shortHash, workloads } from './images';
import { oneAtATime } from './one-at-a-time';

interface LibraryImage {
  readonly program: string;
  /** What the image is called. */
  readonly name: string;
  /** Of `workloads/`, what it is built of; the program's own folder is among them. */
  readonly sources: readonly string[];
  /** What its Dockerfile asks for beside what all others do. */
  readonly args?: () => Promise<Readonly<Record<string, string>>>;
}

/** Builds an image that has the package in it as it is packed, unless the very same was built before. Its tag. */
export async function libraryImage({ program, name, sources, args }: LibraryImage): Promise<string> {
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
    // Made on another base it is another image.
    const own = (await oneAtATime('images', async () => args?.())) ?? {};
    const tag = `localhost/${name}:1.0.0-${shortHash(hashOf(context, sources), ...Object.values(own))}`;
    return await builtOnce(tag, async () => {
      const recipe = await recipeOf(program, join(workloads, program));
      return build({ tag, context, ...recipe, args: { ...recipe.args, ...own } });
    });
  } finally {
    remove();
  }
}
