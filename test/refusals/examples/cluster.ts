import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hold } from '../../../cluster/berth';
import { runCommand } from '../../../cluster/command';
import { layoutOf } from '../../../cluster/layout';
import { planOf } from '../../../cluster/options';
import { writePki } from '../../../cluster/pki';
import { checkMachine } from '../../../cluster/preconditions';
import { installDebianPackages } from '../../../cluster/tools/debian';
import { groupOf } from '../../../cluster/tools/pins';
import { until } from '../../../cluster/until';
import { asserted, type Example, type Examples, on, removing, withVariables } from '../example';

/** Asks for a holder of a cluster whose folder is below this one. */
function holdIn(root: string): Promise<unknown> {
  const layout = { ...layoutOf('one', 1, '1.34', true), directory: path.join(root, 'one') };
  return hold(layout, { pods: false, owner: undefined });
}

/** The program that holds the namespaces of a cluster, on a kernel that refuses with these words. */
const kernel = (what: string, words: string): Example =>
  on(what, () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
    writeFileSync(path.join(folder, 'berth'), `#!/bin/sh\necho "${words}" >&2\nexit 1\n`);
    chmodSync(path.join(folder, 'berth'), 0o755);
    return removing(folder, () => withVariables({ DRYDOCK_TOOLS_DIR: folder }, () => holdIn(folder)));
  });

/** Another system, as Node tells of it. */
function onSystem(platform: NodeJS.Platform, run: () => void): void {
  const before = Object.getOwnPropertyDescriptor(process, 'platform') as PropertyDescriptor;
  Object.defineProperty(process, 'platform', { ...before, value: platform });
  try {
    run();
  } finally {
    Object.defineProperty(process, 'platform', before);
  }
}

const PRECONDITIONS = 'cluster/preconditions.real.test.ts';
const LEFT = 'cluster/unfinished.real.test.ts';
const TOOLS = 'cluster/tools/tool.real.test.ts';

/** The embedded cluster: what a machine must have, and what can happen while one starts. */
export const clusterExamples: Examples = {
  ABORTED: asserted('a start that is given up', LEFT),
  COMMAND_FAILED: on('a command that fails', () => runCommand('false', [])),
  COMPONENT_FAILED: asserted('an API server that ends while the cluster starts', PRECONDITIONS),
  DISK_FULL: asserted('a disk without room for the tools', TOOLS),
  IMAGE_FAILED: asserted('an image that cannot be built', 'cluster/images/build.real.test.ts'),
  NOT_IN_THIS_MODE: asserted('a pod on a control plane without nodes', PRECONDITIONS),
  NOT_LINUX: on('a cluster on another system', () => onSystem('darwin', () => checkMachine(true))),
  NOT_READY: on('a wait that takes too long', () =>
    until('the API server', async () => false, { withinMs: 1 }),
  ),
  NOT_ROOT: asserted('a cluster without root', PRECONDITIONS),
  NOT_RUNNING: asserted('a cluster that does not run', 'cli/cluster.real.test.ts'),
  NO_CGROUPS: kernel(
    'a machine whose cgroups are read-only',
    'NO_CGROUPS /sys/fs/cgroup is mounted read-only',
  ),
  NO_GO: asserted('a machine without Go', TOOLS),
  NO_NAMESPACES: kernel(
    'a machine that lets nobody make namespaces',
    'NO_NAMESPACES unshare: operation not permitted',
  ),
  OPTION_INVALID: on('three nodes', () => planOf({ nodes: 3 as never })),
  PACKAGE_INSTALL_FAILED: on('a system that is no Debian', () =>
    withVariables({ PATH: '/nowhere' }, () => installDebianPackages(() => {})),
  ),
  START_FAILED: on('certificates that cannot be written', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'drydock-refusals-'));
    mkdirSync(path.join(folder, 'pki'));
    return removing(folder, () =>
      writePki(
        { pki: path.join(folder, 'pki'), nodes: [{ name: 'node1', address: '10.0.0.1' }] } as never,
        path.join(folder, 'no-such-program'),
      ),
    );
  }),
  STOP_FAILED: asserted('a folder of a cluster with a mount of another below it', LEFT),
  TOOL_BUILD_FAILED: asserted('a tool that does not compile', TOOLS),
  TOOL_MISSING: on('a folder of tools without the one', () =>
    withVariables({ DRYDOCK_TOOLS_DIR: '/nowhere' }, () => holdIn('/nowhere')),
  ),
  TOOL_UNKNOWN: on('a tool that is misspelt', () => groupOf('kubctl')),
  VERSION_UNKNOWN: on('a version without pins', () => planOf({ version: '1.12' as never })),
};
