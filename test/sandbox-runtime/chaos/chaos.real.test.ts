import { sharedCluster } from '../../../cluster';
import { BROKEN, isConvicted } from './broken';
import { FAULTS } from './faults';
import { Ground } from './ground';
import { breachesOf, runFault } from './round';

// All faults, twenty times each, under load: evidence/sandbox-chaos.ts.

jest.setTimeout(300_000);

let ground: Ground;

beforeAll(async () => {
  ground = await Ground.on(await sharedCluster(), 1);
});
afterAll(() => ground?.close());

test('the way is cut between the end of a command and its status: nobody is told a success, and nothing is lost', async () => {
  const fault = FAULTS.find(({ name }) => name === 'cut before the status')!;
  const [warm, cold, job] = await runFault(ground, fault, 1);
  for (const row of [warm, cold, job]) expect(breachesOf(row!)).toEqual([]);
  expect(warm!.saw).toEqual({ connectionLost: 1 });
  expect(cold!.saw).toEqual({ connectionLost: 1 });
  // Its outcome is in the cluster, and is read from there.
  expect(job!.saw).toEqual({ 'exited 0': 1 });
});

test.each(['runs a command again whose end was lost', 'takes a lost end for a success'])(
  'the same checker convicts a manager that %s',
  async (name) => {
    const { make, fault, found } = BROKEN.find((one) => one.name === name)!;
    const honest = ground.manager;
    ground.manager = make(honest);
    try {
      const [row] = await runFault(ground, fault, 1);
      expect(isConvicted(row!, found)).toBe(true);
      expect(breachesOf(row!)).not.toEqual([]);
    } finally {
      ground.manager = honest;
    }
  },
);
