import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Something a machine must have for a test to run at all. */
export interface Need {
  readonly met: () => boolean;
  /** Why the test cannot run without it, as the end of "cannot run here: ...". */
  readonly why: string;
  /** What to do so that it can. */
  readonly how: string;
}

/** jest's `test` and `describe`; where a need is not met, their skipping forms with the reason in the title. */
export interface Tests {
  readonly test: (title: string, run: jest.ProvidesCallback, timeoutMs?: number) => void;
  /** For tests that mostly wait: those of a file run beside each other. */
  readonly concurrent: (title: string, run: () => Promise<unknown>, timeoutMs?: number) => void;
  readonly describe: (title: string, define: () => void) => void;
}

/**
 * Tests that need something of the machine. What is missing is said in the title of each skipped test, from where the
 * reporter prints it: why it cannot run here and how to make it run. With CI=true a skip counts as a failure.
 *
 *     needs(root).test('mounts a cgroup', () => { ... });
 */
export function needs(...wanted: readonly Need[]): Tests {
  const missing = wanted.filter((need) => !need.met());
  if (missing.length === 0) {
    return { test, concurrent: test.concurrent, describe };
  }
  const reasons = missing.map((need) => `${need.why}; ${need.how}`).join('. ');
  const withReason = (title: string) => `${title} [cannot run here: ${reasons}]`;
  return {
    test: (title, run, timeoutMs) => test.skip(withReason(title), run, timeoutMs),
    concurrent: (title, run, timeoutMs) => test.skip(withReason(title), run, timeoutMs),
    describe: (title, define) => describe.skip(withReason(title), define),
  };
}

/** The user root: network namespaces, mounts and cgroups are made by no other. */
export const root: Need = {
  met: () => process.getuid?.() === 0,
  why: 'only root makes network namespaces, mounts and cgroups',
  how: 'run the tests as root, for example in a container',
};

/** A Linux kernel. */
export const linux: Need = {
  met: () => process.platform === 'linux',
  why: `it needs a Linux kernel, this is ${process.platform}`,
  how: 'run the tests on Linux or in a Linux container',
};

/** A program on the PATH. */
export function command(name: string, how: string): Need {
  return { met: () => isOnPath(name), why: `no ${name} on the PATH`, how };
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
