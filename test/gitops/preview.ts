import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { drydock } from '../../cli/testing-only/drydock';
import { writeLocalKubeconfig } from '../../cli/testing-only/local-kubeconfig';
import type { Preview } from '../../gitops';
import { faultProxy } from '../../kube/testing-only/fault-proxy';
import type { Followed, gitopsWorld } from './world';

const GUIDE = readFileSync(path.join(__dirname, '../../docs/guides/gitops.md'), 'utf8');

/** The commands of the guide's section, as they are there. */
function commandsOfGuide(): string[][] {
  const section = GUIDE.split('\n## ').find((one) => one.startsWith('Before it is merged\n')) ?? '';
  return [...section.matchAll(/^ {4}npx drydock (.*?)(?: +[#>].*)?$/gm)].map(([, line = '']) =>
    line.split(/\s+/),
  );
}

/** The command line against a cluster, by a proxy that notes all that is asked. */
async function asked(app: Followed, argv: readonly string[]) {
  const { connection } = app;
  const { calls: agent, headers } = await connection.credentials();
  const proxy = await faultProxy({ url: connection.server.href, agent, headers }, () => ({ kind: 'none' }));
  const folder = mkdtempSync(path.join(tmpdir(), 'drydock-preview-test-'));
  try {
    const file = path.join(folder, 'config');
    writeLocalKubeconfig(file, Number(new URL(proxy.url).port));
    const said = await drydock(...argv, `--kubeconfig=${file}`);
    const writes = proxy.seen.filter(({ method }) => method !== 'GET');
    const kept = writes.filter(
      ({ path: at, query }) => query.get('dryRun') !== 'All' && !at.endsWith('/selfsubjectaccessreviews'),
    );
    return {
      ...said,
      dryRuns: writes.length - kept.length,
      kept: kept.map((one) => `${one.method} ${one.path}`),
    };
  } finally {
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const file = (name: string, x: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { x: ${JSON.stringify(x)} }\n`;
const secret = (text: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: key }\nstringData: { password: ${text} }\n`;
const HOSTILE = '</details>\n````\n![a](https://evil.example.com) @everyone';

/** Tests of previews on the cluster of a world whose controller runs. */
export function previewTests(world: ReturnType<typeof gitopsWorld>): void {
  /** All objects of the namespace, with their versions. */
  const versionsIn = (app: Followed) =>
    app.kubectl(
      'get',
      'configmaps,secrets,leases',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}',
    );

  test('a pull request is told by the commands of the guide, writes nothing, and does just that once it is merged', async () => {
    const app = await world.follow({
      'app/a.yaml': file('a', '1'),
      'app/gone.yaml': file('gone', '1'),
      'app/same.yaml': file('same', '1'),
      'app/key.yaml': secret('first-password'),
    });
    const main = app.repository.head();
    await app.healthyAt(main);
    const head = app.repository.commit(
      {
        'app/a.yaml': file('a', HOSTILE),
        'app/new.yaml': file('new', '1'),
        'app/same.yaml': file('same', '1'),
        'app/key.yaml': secret('second-password'),
      },
      'fork',
    );
    app.repository.git(['update-ref', 'refs/pull/12/head', head]);
    const before = await versionsIn(app);
    const commands = commandsOfGuide();
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const argv of commands) {
      const named = argv.map((word, at) =>
        argv[at - 1] === '-n' ? app.namespace : word === 'feature/blue' ? 'fork' : word,
      );
      const { code, err, kept, dryRuns, out } = await asked(app, named);
      expect({ argv, code, err, kept }).toEqual({ argv, code: 1, err: '', kept: [] });
      expect(dryRuns).toBeGreaterThan(0);
      for (const text of ['first-password', 'second-password']) expect(out).not.toContain(text);
    }
    const { out } = await asked(app, [
      'gitops',
      'preview',
      'shop',
      '-n',
      app.namespace,
      '--revision',
      head,
      '-o',
      'json',
    ]);
    const told = JSON.parse(out) as Preview;
    expect(told).toMatchObject({ application: `${app.namespace}/shop`, revision: head, outcome: 'changes' });
    const objects = told.clusters[0]?.plan?.objects ?? [];
    const actions = Object.fromEntries(objects.map(({ action, kind, name }) => [`${kind}/${name}`, action]));
    expect(actions).toEqual({
      'ConfigMap/a': 'change',
      'ConfigMap/gone': 'prune',
      'ConfigMap/new': 'create',
      'ConfigMap/same': 'unchanged',
      'Secret/key': 'change',
    });
    expect(await versionsIn(app)).toBe(before);
    const uid = (name: string) =>
      app.kubectl('get', 'configmap', name, '-o', 'jsonpath={.metadata.uid} {.metadata.resourceVersion}');
    const same = await uid('same');
    app.repository.git(['update-ref', 'refs/heads/main', head]);
    await app.healthyAt(head);
    expect([await app.configMaps(), await uid('same')]).toEqual([{ a: HOSTILE, new: '1', same: '1' }, same]);
    const nothing = await asked(app, ['gitops', 'preview', 'shop', '-n', app.namespace]);
    expect(nothing).toMatchObject({ code: 0, kept: [] });
    const held = await asked(app, [
      'gitops',
      'preview',
      'shop',
      '-n',
      app.namespace,
      '--require-service-account',
    ]);
    expect(held).toMatchObject({ code: 2, kept: [], out: expect.stringContaining('ACCOUNT_MISSING') });
  });

  test('a broken pull request is refused with the file and the line; one of no number is told', async () => {
    const app = await world.follow({ 'app/a.yaml': file('a', '1') });
    const bad = app.repository.commit({ 'app/a.yaml': 'a: [' }, 'bad');
    const name = ['gitops', 'preview', 'shop', '-n', app.namespace];
    const { code, out, kept } = await asked(app, [...name, '--revision', bad, '-o', 'markdown']);
    expect({ code, kept }).toEqual({ code: 2, kept: [] });
    expect(out).toMatch(/^### This would be refused[\s\S]*RENDER&#95;FAILED[\s\S]*a&#46;yaml/);
    const { code: missing, err } = await asked(app, [...name, '--pull-request', '99']);
    expect([missing, err]).toEqual([2, expect.stringContaining('REVISION_MISSING')]);
  });

  test('a chart that is given a Secret is shown to who may see it, and to no stranger', async () => {
    const valuesFrom = [{ kind: 'Secret', name: 'values' }];
    const leak =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { x: "{{ .Values.x | b64enc }}" }\n';
    const chart = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
    const app = await world.follow(
      { 'app/Chart.yaml': chart, 'app/templates/a.yaml': leak },
      { auto: false },
      { render: { helm: { valuesFrom } } },
    );
    await app.kubectl('create', 'secret', 'generic', 'values', '--from-literal=values.yaml=x: hunter2');
    const argv = [
      'gitops',
      'preview',
      'shop',
      '-n',
      app.namespace,
      '--revision',
      app.repository.head(),
      '-o',
      'markdown',
    ];
    const stranger = await asked(app, argv);
    expect([stranger.code, stranger.out, stranger.err]).toEqual([
      2,
      '',
      expect.stringContaining('PREVIEW_REFUSED'),
    ]);
    expect(stranger.err).not.toContain('hunter2');
    // For who may see it, it is what any other preview is: the twin of the refusal.
    const trusted = await asked(app, [...argv, '--trust-author']);
    expect([trusted.code, trusted.kept, trusted.err]).toEqual([1, [], '']);
    expect(trusted.out).toContain('**1** created');
  });
}
