import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, builtOnce, SLIM_TAG, shortHash, slimBase, withContext } from './images';

const DEBIAN = '/usr/lib/postgresql';
const ours = join(__dirname, 'postgres');

/** Builds an image of the PostgreSQL that `make tools` installs, unless that was done before. Its tag. */
export async function postgresImage(): Promise<string> {
  const version = readdirSync(DEBIAN).sort((left, right) => Number(right) - Number(left))[0] as string;
  const bin = join(DEBIAN, version, 'bin');
  const [dockerfile = '', entrypoint = ''] = ['Dockerfile', 'entrypoint.sh'].map((name) =>
    readFileSync(join(ours, name), 'utf8'),
  );
  const said = run(join(bin, 'postgres'), ['--version']);
  const tag = `localhost/drydock-postgres:${version}-${shortHash(dockerfile, entrypoint, said, SLIM_TAG)}`;
  return builtOnce(tag, () =>
    withContext(dockerfile, async (context) => {
      copyFileSync(join(ours, 'entrypoint.sh'), join(context, 'entrypoint.sh'));
      const rootOf = join(context, 'root');
      for (const folder of [join(DEBIAN, version), join('/usr/share/postgresql', version)])
        cpSync(folder, join(rootOf, folder), {
          recursive: true,
          filter: (path) => !/bitcode|llvmjit|\/man\b/.test(path),
        });
      for (const library of librariesOf(bin)) {
        // What is in /lib is in /usr/lib: one leads to the other.
        const place = join(rootOf, library.replace(/^\/lib/, '/usr/lib'));
        mkdirSync(dirname(place), { recursive: true });
        copyFileSync(library, place);
      }
      await build({ tag, context, args: { BASE: await slimBase(), VERSION: version } });
    }),
  );
}

/** The shared libraries of all programs; those of the C library are in the base, in the same version. */
function librariesOf(bin: string): string[] {
  const programs = ['postgres', 'initdb', 'pg_isready', 'psql'].map((name) => join(bin, name));
  const found = programs.flatMap((program) =>
    [...run('ldd', [program]).matchAll(/=> (\/\S+)/g)].map(([, path]) => path as string),
  );
  const ofTheBase = /^(libc|libm|libdl|libpthread|librt|ld-linux.*)\.so/;
  return [...new Set(found)].filter((path) => !ofTheBase.test(basename(path)));
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
