import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { needs, root } from '../support/needs';
import { npmInstall, pack, succeed, temporaryFolder } from './consumer';

// Packs, downloads and compiles; generous for a slow line.
jest.setTimeout(15 * 60_000);

const project = temporaryFolder('cluster-example');
const packed = temporaryFolder('packed-example');
afterAll(() => {
  project.remove();
  packed.remove();
});

needs(root).test('a copied cluster-jest example runs with the packed package', async () => {
  const example = join(__dirname, '..', '..', 'examples', 'cluster-jest');
  // What a person who runs the example in place would have lying around is not part of the copy.
  cpSync(example, project.path, { recursive: true, filter: (source) => !source.includes('node_modules') });
  await npmInstall(project.path, await pack(packed.path));
  await succeed(project.path, 'node_modules/.bin/tsc', '--noEmit', '-p', '.');
  const said = await succeed(project.path, 'node_modules/.bin/jest');
  expect(said).toContain('Tests:       2 passed, 2 total');
});
