import path from 'node:path';
import { buildSync } from 'esbuild';

/** What a program loads that only makes charts: of a client of clusters what describes a resource, and no more. */
test('charts load no client of a cluster', () => {
  const root = path.resolve(__dirname, '../..');
  const { metafile } = buildSync({
    ...{ entryPoints: [path.join(root, 'charts/index.ts')], absWorkingDir: root, packages: 'external' },
    ...{ bundle: true, write: false, metafile: true, platform: 'node', logLevel: 'error' },
  });
  const loaded = Object.keys(metafile.inputs);
  expect(loaded).toContain('gitops/api/application.ts');
  const client = loaded.filter((name) => /^(kube|deploy|controller|cluster|cli)\//.test(name)).sort();
  expect(client).toEqual([
    'controller/election/fence-policy.ts',
    'kube/arguments.ts',
    'kube/errors.ts',
    'kube/json.ts',
    'kube/resource.ts',
  ]);
});
