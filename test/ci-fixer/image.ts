import { copyFileSync, cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pack, temporaryFolder } from '../package/consumer';
import { build, builtOnce, hashOf, recipeOf, workloads } from '../workloads/images';

const PROGRAM = 'ci-fixer';
const SOURCES = ['.dockerignore', 'tsconfig.build.json', 'shared', PROGRAM];

/** Builds the image of CI-fixer with the package as it is packed, unless the very same was built before. Its tag. */
export async function ciFixerImage(): Promise<string> {
  const { path: context, remove } = temporaryFolder(PROGRAM);
  try {
    for (const name of SOURCES)
      cpSync(join(workloads, name), join(context, name), {
        recursive: true,
        filter: (path) => !/node_modules|\.tgz$/.test(path),
      });
    const packed = temporaryFolder('packed');
    try {
      const tarball = await pack(packed.path);
      copyFileSync(tarball, join(context, PROGRAM, basename(tarball)));
    } finally {
      packed.remove();
    }
    // Not the name that placeholder programs have: of that one others would be removed.
    const tag = `localhost/${PROGRAM}-program:1.0.0-${hashOf(context, SOURCES)}`;
    return await builtOnce(tag, async () =>
      build({ tag, context, ...(await recipeOf(PROGRAM, join(workloads, PROGRAM))) }),
    );
  } finally {
    remove();
  }
}
