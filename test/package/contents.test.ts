import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const repository = path.join(__dirname, '..', '..');

/** What `npm publish` would take, without what the build adds. */
const packed: readonly string[] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json', '--loglevel=silent'], {
    cwd: repository,
    encoding: 'utf8',
  }),
)[0].files.map((file: { readonly path: string }) => file.path);

const tracked = execFileSync('git', ['ls-files', '*.md'], { cwd: repository, encoding: 'utf8' });
const pages = tracked
  .trim()
  .split('\n')
  .filter((page) => existsSync(path.join(repository, page)));

/** The places that a page links to, from the root of the repository. */
function linksOf(page: string): string[] {
  const text = readFileSync(path.join(repository, page), 'utf8');
  // In code there are no links; patterns look like some.
  return [...text.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, link]) => link as string)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => path.normalize(path.join(path.dirname(page), link)));
}

test('what README links to is in the package', () => {
  const isPacked = (place: string) =>
    packed.includes(place) || packed.some((file) => file.startsWith(place.replace(/\/?$/, '/')));
  const links = linksOf('README.md');
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !isPacked(link))).toEqual([]);
});

test('the package has the pins of the cluster, and none of the programs that only our tests need', () => {
  expect(packed).toContain('cluster/tools/etcd/go.mod');
  expect(
    packed.filter((file) =>
      /lawd|lawproto|kube-score|kubeconform|argo-rollouts|tools\/agent-sandbox|kustomize-controller|public-charts/.test(
        file,
      ),
    ),
  ).toEqual([]);
});

test('installing the package runs no script', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const atInstall = [
    'preinstall',
    'install',
    'postinstall',
    'prepublish',
    'preprepare',
    'prepare',
    'postprepare',
  ];
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
});

test.each(pages)('every link of %s leads to something', (page) => {
  expect(linksOf(page).filter((link) => !existsSync(path.join(repository, link)))).toEqual([]);
});
