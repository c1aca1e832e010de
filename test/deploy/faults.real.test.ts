import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cluster, startCluster } from '../../cluster';
import { FreshModules } from '../laws/fresh-modules';
import { bundled } from '../support/bundled';
import type * as Families from './faults/families';
import { runFamily } from './faults/families';
import { placeIn } from './faults/place';
import { ROWS } from './faults/rows';

jest.setTimeout(900_000);
const SEED = 20_261_129;

let cluster: Cluster;
let folder: string;
let program: string;
beforeAll(async () => {
  cluster = await startCluster({ controlPlaneOnly: true });
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-faults-'));
  program = bundled('test/deploy/faults/apply-once.ts', folder);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cluster.stop();
});

test.each(ROWS)('$fault: nothing is lost, and the next run reaches the set', async ({ family, cases }) => {
  const place = await placeIn(cluster, program);
  expect(await runFamily(family, place, cases[0], SEED)).toMatchObject({ cases: cases[0] });
});

// The others take longer, or are the same fault in another way: evidence/deploy.ts asks about them.
const QUICK = ['killed', 'othersAtWork'];

test.each(ROWS.filter(({ family }) => QUICK.includes(family)))(
  'a deployer with a planted fault is convicted: $broken.title',
  async ({ family, broken }) => {
    const place = await placeIn(cluster, program);
    const fresh = new FreshModules(broken).load('test/deploy/faults/families.ts') as typeof Families;
    const convicted = fresh.runFamily(family, place, 150, SEED);
    await expect(convicted).rejects.toThrow(/./);
    await convicted.catch((error: Error) =>
      expect([error.message, error.constructor.name]).toContain('Breach'),
    );
  },
);
