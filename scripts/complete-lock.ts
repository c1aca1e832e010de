import { readFileSync, writeFileSync } from 'node:fs';

/** The part of package-lock.json that is read here. */
export interface Lock {
  packages: Record<string, LockEntry>;
}

interface LockEntry {
  version?: string;
  cpu?: string[];
  dev?: boolean;
  libc?: string[];
  optional?: boolean;
  os?: string[];
  optionalDependencies?: Record<string, string>;
}

// The parts of a package name such as `@swc/core-win32-arm64-msvc` that say where its binary runs.
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors: Readonly<Record<string, string>> = {
  arm: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};

/**
 * The optional dependencies that a lock leaves out, as entries to add to it. npm leaves out the binaries for other platforms
 * when the registry in use does not carry them, and `npm ci` then refuses the lock as out of step, everywhere.
 */
export function missingEntries(lock: Lock): Record<string, LockEntry> {
  const missing: Record<string, LockEntry> = {};
  for (const [place, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${place}/node_modules/${name}`, `node_modules/${name}`];
      if (places.some((candidate) => candidate in lock.packages)) {
        continue;
      }
      missing[`node_modules/${name}`] = platformEntry(name, version, entry.dev);
    }
  }
  return missing;
}

function platformEntry(name: string, version: string, dev: boolean | undefined): LockEntry {
  const parts = name.split('/').at(-1)!.split('-');
  const system = systems.find((known) => parts.includes(known));
  const processor = parts.map((part) => processors[part]).find((known) => known !== undefined);
  if (system === undefined || processor === undefined || !/^\d/.test(version)) {
    throw new Error(
      `package-lock.json lacks ${name}@${version}: expected a name that says its platform and an exact version; ` +
        'add the entry by hand, with its os and cpu',
    );
  }
  const gnu = parts.some((part) => part.startsWith('gnu')) || name.startsWith('@biomejs/');
  const musl = parts.some((part) => part.startsWith('musl'));
  return {
    version,
    cpu: [processor],
    ...(dev ? { dev } : {}),
    ...(system === 'linux' && (musl || gnu) ? { libc: [musl ? 'musl' : 'glibc'] } : {}),
    optional: true,
    os: [system],
  };
}

if (require.main === module) {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const missing = missingEntries(lock);
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([left], [right]) =>
    left.localeCompare(right, 'en'),
  );
  lock.packages = Object.fromEntries(sorted);
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${Object.keys(missing).length} entries added`);
}
