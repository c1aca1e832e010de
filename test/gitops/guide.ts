import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { tools } from '../../cluster';
import { runCommand } from '../../cluster/command';
import { exceptionsIn } from '../../gitops/policy/exceptions';
import { isRecord } from '../../kube';
import { repository } from '../guides/blocks';
import { missingIn, stepsIn } from '../guides/sessions';
import { bundled } from '../support/bundled';
import { configMaps, ended, type gitopsWorld } from './world';

const guide = readFileSync(path.join(repository, 'docs', 'guides', 'gitops.md'), 'utf8');
const yamlBlocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);

/** What a newcomer types, on a cluster where no controller runs: `free` ends those of other tests. */
export function guideTests(world: ReturnType<typeof gitopsWorld>, free: () => Promise<void>): void {
  let cwd = '';
  let controller: ChildProcess | undefined;
  afterAll(() => {
    controller?.kill('SIGKILL');
    if (cwd) rmSync(cwd, { recursive: true, force: true });
  });

  test('the commands of its first ten minutes do what it says, one after the other', async () => {
    await free();
    cwd = mkdtempSync(path.join(tmpdir(), 'drydock-guide-'));
    const env = { ...(await withPrograms(cwd)), KUBECONFIG: world.cluster().kubeconfig };
    world.server.repository('guide').commit({ 'deploy/settings.yaml': configMaps({ settings: '1' }) });
    writeFileSync(path.join(cwd, 'application.yaml'), await readerFile(world));
    const steps = stepsIn(guide);
    expect(steps.length).toBeGreaterThan(10);
    const wrong: object[] = [];
    for (const { command, exitCode, says } of steps) {
      if (command.startsWith('npx drydock gitops run')) {
        // Its terminal; without the port that something else of this machine may have.
        const typed = ['-c', `exec ${command} --port 0`];
        controller = spawn('bash', typed, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
        continue;
      }
      const { code, stdout, stderr } = await runCommand('bash', ['-c', command], {
        ...{ cwd, env, allowFailure: true },
      });
      const printed = `${stdout}${stderr}`;
      const missing = missingIn(printed, says);
      if (code !== exitCode || missing !== undefined) wrong.push({ command, code, missing, printed });
    }
    expect(wrong).toEqual([]);
    if (!controller) throw new Error('the guide runs no controller');
    await ended(controller, 'SIGTERM');
    expect(controller.exitCode).toBe(0);
  });

  test('every piece of YAML in it is taken by the API server, also where it is a part', async () => {
    const items = yamlBlocks.flatMap((block, index) => objectsIn(block, `part-${index}`));
    expect(items.length).toBeGreaterThan(7);
    await world.cluster().kubectl(['create', 'namespace', 'shop'], { allowFailure: true });
    const asked = ['create', '--dry-run=server', '--validate=strict', '-n', 'shop', '-f', '-'];
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { code, stderr } = await world.cluster().kubectl(asked, { input, allowFailure: true });
    expect([code, stderr]).toEqual([0, '']);
  });
}

/** `application.yaml` of the guide, for a repository that wants a password and has an authority of its own. */
async function readerFile({ server }: ReturnType<typeof gitopsWorld>): Promise<string> {
  const [application = ''] = yamlBlocks;
  const followed = application.replace(/url: "[^"]*"/, `url: "${server.urlOf('guide')}", secret: git`);
  expect(followed).toContain('secret: git');
  const stringData = { username: server.username, password: server.password, 'ca.crt': server.ca };
  const metadata = { name: 'git', namespace: 'shop' };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData };
  return `${JSON.stringify(secret)}\n---\n${followed}`;
}

/** `npx drydock ...` of this repository, and the kubectl of the tests. */
async function withPrograms(folder: string): Promise<Record<string, string>> {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const { kubectl } = await tools(['kubectl']);
  symlinkSync(kubectl, path.join(bin, 'kubectl'));
  const npx = path.join(bin, 'npx');
  const program = bundled('cli/main.ts', folder);
  writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(npx, 0o755);
  return { HOME: folder, NO_COLOR: '1', PATH: `${bin}:${process.env.PATH}` };
}

/** Of a part of an Application the whole; what lies beside policies is for no cluster. */
function objectsIn(block: string, name: string): object[] {
  return block.split(/^---$/m).flatMap((text) => {
    const found = parse(text) as Record<string, unknown>;
    if ('exceptions' in found) {
      expect(exceptionsIn('exceptions.yaml', found)).toHaveLength(1);
      return [];
    }
    if (found.kind !== undefined) return [found];
    const part = isRecord(found.spec) ? found.spec : found;
    const source = { url: 'https://git.example.com/team/shop.git' };
    const metadata = { name, namespace: 'shop' };
    return [{ apiVersion: 'ajj.io/v1', kind: 'Application', metadata, spec: { source, ...part } }];
  });
}
