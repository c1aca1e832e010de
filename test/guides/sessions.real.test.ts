import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { BUSYBOX_IMAGE, type Cluster, sharedCluster, tools, withNamespace } from '../../cluster';
import { runCommand } from '../../cluster/command';
import { repository } from './blocks';
import { missingIn, sessionOf } from './sessions';

jest.setTimeout(240_000);

/** What is typed on these pages is typed here, line by line, in a namespace of a real cluster. */
const NAMESPACE = 'shop';

const temporary = mkdtempSync(path.join(tmpdir(), 'drydock-sessions-'));
const bin = path.join(temporary, 'bin');
let cluster: Cluster;
beforeAll(async () => {
  const { kubectl, 'helm-4': helm } = await tools(['kubectl', 'helm-4']);
  mkdirSync(bin);
  symlinkSync(kubectl, path.join(bin, 'kubectl'));
  symlinkSync(helm, path.join(bin, 'helm'));
  const npx = path.join(bin, 'npx');
  // `npx drydock ...` of this repository.
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${commandLine()}" "$@"\n`);
  chmodSync(npx, 0o755);
  cluster = await sharedCluster();
});
afterAll(() => rmSync(temporary, { recursive: true }));

/** The command line as one file, which starts sooner than its sources do; where its packages are found. */
function commandLine(): string {
  const outfile = path.join(repository, 'node_modules', '.cache', 'drydock-sessions', 'main.js');
  buildSync({
    entryPoints: [path.join(repository, 'cli', 'main.ts')],
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
    outfile,
  });
  return outfile;
}

const settings = (name: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { colour: blue }
`;
const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: ${BUSYBOX_IMAGE}
          command: [sleep, '3600']
`;

/** What the reader of a page has, and the page speaks of. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'from-kubectl.md': {
    'dist/web.yaml': web,
    'dist/settings.yaml': settings('settings'),
    'dist/old.yaml': settings('old'),
  },
  'from-helm-install.md': {
    'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'chart/values.yaml': 'replicas: 1\n',
    'chart/templates/web.yaml': web.replace('replicas: 2', 'replicas: {{ .Values.replicas }}'),
    'chart/templates/settings.yaml': settings('settings'),
    'production.yaml': 'replicas: 2\n',
  },
};

test.each(Object.entries(GIVEN))('the commands of %s do what it says', async (page, files) => {
  const cwd = path.join(temporary, page);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  const steps = sessionOf(page);
  expect(steps.length).toBeGreaterThan(8);
  await withNamespace(cluster, async ({ name }) => {
    const PATH = `${bin}:${process.env.PATH}`;
    const wrong: object[] = [];
    const env = { KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1', HOME: cwd, PATH };
    for (const { command, exitCode, says } of steps) {
      const typed = command.replaceAll(`-n ${NAMESPACE}`, `-n ${name}`);
      const { code, stdout, stderr } = await runCommand('bash', ['-c', typed], {
        ...{ cwd, env, allowFailure: true },
      });
      const printed = `${stdout}${stderr}`.replaceAll(name, NAMESPACE);
      const missing = missingIn(printed, says);
      if (code !== exitCode || missing !== undefined) wrong.push({ command, code, missing, printed });
    }
    expect(wrong).toEqual([]);
  });
});
