import { spawnSync } from 'node:child_process';
import { ClusterError } from '../errors';
import type { Progress } from './progress';

/** What the cluster takes from Debian, each with the reason it is needed. */
export const debianPackages: Readonly<Record<string, string>> = {
  'util-linux': 'flock, nsenter',
  iproute2: 'ip: links, addresses and routes of the cluster networks',
  iptables: 'kube-proxy and kube-router write rules with it',
  ipset: 'kube-router keeps the addresses of a NetworkPolicy in sets',
  'libseccomp-dev': 'runc is compiled against it',
  'pkg-config': 'runc finds libseccomp with it',
  gcc: 'runc is the one tool that needs a C compiler',
  'libc6-dev': 'headers for the same',
  buildah: 'buildImage: builds real Dockerfiles without a daemon',
  debootstrap: 'the base image of built images',
  'debian-archive-keyring': "Debian's own keys: the base image is made of nothing that they did not sign",
  gpgv: 'debootstrap checks these signatures with it',
  'busybox-static': 'the small image that the tests run',
};

/** What tests take from Debian besides; a cluster does without. */
export const testPackages: Readonly<Record<string, string>> = {
  postgresql: 'initdb and postgres: the database of the todo application',
  chromium: 'the browser that uses its page',
  'fonts-dejavu-core': 'without a font that browser draws no text',
  'openssh-server': 'a server for repositories over ssh, and its client',
  prometheus: 'what a canary is measured by',
  python3: 'a virtual environment of Python, full of links, goes into a sandbox and back',
};

function missingPackages(names: readonly string[]): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
    encoding: 'utf8',
    env: process.env,
  });
  if (asked.error) {
    throw new ClusterError('PACKAGE_INSTALL_FAILED', {
      where: 'dpkg-query',
      found: 'no Debian package manager',
      expected: 'Debian or a system derived from it',
      remedy: `install what these packages hold by your system's own means: ${names.join(', ')}`,
    });
  }
  const installed = new Set(
    asked.stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return names.filter((name) => !installed.has(name));
}

function apt(args: readonly string[]): { readonly ok: boolean; readonly tail: string } {
  const run = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return { ok: run.status === 0, tail: `${run.stdout}${run.stderr}`.trim().split('\n').slice(-8).join('\n') };
}

/** Installs the packages that are missing, and only those. Returns their names. */
export function installDebianPackages(progress: Progress, wanted = debianPackages): string[] {
  const missing = missingPackages(Object.keys(wanted));
  if (missing.length === 0) return [];
  progress(`installing from Debian: ${missing.join(', ')}`);
  // Another installation that runs is waited for.
  const install = ['install', '-o', 'DPkg::Lock::Timeout=300', '-y', '--no-install-recommends', ...missing];
  // The lists may be absent (a fresh image) or old; they are fetched only when the first try fails.
  let result = apt(install);
  if (!result.ok && apt(['update']).ok) result = apt(install);
  if (!result.ok) {
    throw new ClusterError('PACKAGE_INSTALL_FAILED', {
      where: `apt-get install ${missing.join(' ')}`,
      found: `a failure; its last lines:\n${result.tail}\n`,
      expected: 'the packages installed',
      remedy: 'run it as root with a reachable Debian mirror, then try again',
    });
  }
  return missing;
}
