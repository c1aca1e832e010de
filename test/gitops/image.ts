import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasImage } from '../../cluster/images/build';
import { build, shortHash, slimBase, withContext } from '../workloads/images';
import { libraryImage } from '../workloads/library-image';

const PROGRAM = 'jujutsu-gitops-controller';

// A build reaches no network, so git comes from this machine, which is of the same Debian: the program, what it fetches with,
// and for the tests what it serves with.
const GIT = '/usr/bin/git';
const CORE = '/usr/lib/git-core';
const PROGRAMS = [GIT, ...['git-remote-https', 'git-http-backend'].map((name) => `${CORE}/${name}`)];
const GIT_BASE = `ARG BASE
FROM \${BASE}
COPY root /
RUN ln -s ${GIT} ${CORE}/git && ln -s git-remote-https ${CORE}/git-remote-http && ldconfig
`;

/** What the controller runs on here: Debian with git. */
export async function gitBase(): Promise<string> {
  const BASE = await slimBase();
  const version = execFileSync(GIT, ['version'], { encoding: 'utf8' });
  const tag = `localhost/drydock-git:1.0.0-${shortHash(GIT_BASE, BASE, version, ...PROGRAMS)}`;
  if (await hasImage(tag)) return tag;
  await withContext(GIT_BASE, async (context) => {
    for (const file of [...PROGRAMS, ...PROGRAMS.flatMap(librariesOf)]) {
      const to = join(context, 'root', file);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(file, to);
    }
    await build({ tag, context, args: { BASE } });
  });
  return tag;
}

/** The libraries that a program loads, without the loader and what every image has of the C library. */
function librariesOf(program: string): string[] {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  const found = lines.flatMap((line) => /=> (\/\S+)/.exec(line)?.[1] ?? []);
  return found
    .map((file) => file.replace(/^\/lib\//, '/usr/lib/'))
    .filter((file) => !/\/libc\.so/.test(file));
}

/** Builds the image of the controller with the package as it is packed, unless the very same was built before. Its tag. */
export function controllerImage(): Promise<string> {
  return libraryImage({
    program: PROGRAM,
    name: PROGRAM,
    sources: [PROGRAM],
    args: async () => ({ GIT_BASE: await gitBase() }),
  });
}
