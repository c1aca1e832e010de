import fc from 'fast-check';
import { type Cluster, sharedCluster, until } from '../../cluster';
import type { JsonObject } from '../../core/template';
import { isRefused, verdicts } from './ask-server';
import { validObjects } from './corpus';
import { type Mutant, mutants } from './mutate';

jest.setTimeout(600_000);

/** Every so manieth change is tried here; `make evidence` tries all of them. */
const EVERY = 9;

/** A dry-run does not ask for a node port, so it takes any number; the allocator of a server does not. */
const LAX_IN_DRY_RUN = /^Service spec\.ports\[\]\.nodePort = (-1|65536)$/;

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 8 }).map(String) },
  fc.integer({ min: -1, max: 70 }).map(String),
  fc.constantFrom('*', '?', 'jan', 'DEC', 'sun', 'Sat', 'mai', 'L', '+5', '007', '', '1.5', 'x'),
);
const part = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: fc.constant('*') },
  fc.tuple(number, number).map((ends) => ends.join('-')),
  fc.tuple(number, number).map((both) => both.join('/')),
  fc.tuple(number, number, number).map(([a, b, c]) => `${a}-${b}/${c}`),
  fc.tuple(number, number, number).map((all) => all.join('-')),
  fc.tuple(number, number).map((both) => both.join(',')),
);
const schedules = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.nat(9), fc.array(part, { minLength: 1, maxLength: 2 }), fc.constantFrom(' ', '  ', '\t'))
      .map(([place, odd, blank]) => {
        const fields = ['*', '*', '*', '*', '*'];
        odd.forEach((one, index) => {
          fields[(place + index) % 5] = one;
        });
        return fields.filter((one) => one !== '').join(blank);
      }),
  },
  fc
    .tuple(
      fc.constantFrom('@', '@every ', ' @', 'TZ=UTC ', 'CRON_TZ=UTC '),
      fc.constantFrom(
        'daily',
        'Daily',
        'noon',
        'reboot',
        '1h',
        '1h30m',
        '5',
        '-1h',
        '.5s',
        '1d',
        '* * * * *',
        '',
      ),
    )
    .map((both) => both.join('')),
);
const cronOf = (schedule: string): JsonObject => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'cron' },
  spec: {
    schedule,
    jobTemplate: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1' }] } } },
    },
  },
});

let cluster: Cluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await until('the service account', async () => (await cluster.api.send('GET', account)).status === 200);
});

test('a strict dry-run takes every object of the corpus, and so do we', async () => {
  const all = await verdicts(
    cluster,
    validObjects.map((object) => ({ object })),
  );
  expect(all.filter(({ ours, server }) => ours !== '' || server !== '')).toEqual([]);
  expect(all.length).toBeGreaterThan(30);
});

test('whatever a strict dry-run takes, we take; most of what it refuses, we refuse', async () => {
  const cases: readonly Mutant[] = validObjects.flatMap(mutants).filter((_, index) => index % EVERY === 0);
  const all = await verdicts(cluster, cases);
  const accepted = all.filter(({ server }) => server === '');
  const refused = all.filter(isRefused);
  const falseAlarms = accepted
    .filter(({ ours }) => ours !== '')
    .map(({ of, ours }) => `${of.kindOfChange}  ${ours}`)
    .filter((line) => !LAX_IN_DRY_RUN.test(line.split('  ')[0] as string));
  expect(falseAlarms).toEqual([]);
  // A server that took nothing, or everything, would prove nothing.
  expect(accepted.length).toBeGreaterThan(500);
  expect(refused.length).toBeGreaterThan(1000);
  const known = refused.filter(({ ours }) => ours !== '').length;
  expect(known / refused.length).toBeGreaterThan(0.9);
});

test('of schedules, near to what is right and far from it, the server takes exactly those that we take', async () => {
  const objects = fc
    .sample(schedules, { numRuns: 1500, seed: 22 })
    .map((schedule) => ({ object: cronOf(schedule), schedule }));
  const all = await verdicts(cluster, objects);
  const unlike = all.filter(({ ours, server }) => (ours === '') !== (server === ''));
  expect(unlike.map(({ of, ours, server }) => [of.schedule, ours, server])).toEqual([]);
  const taken = all.filter(({ server }) => server === '').length;
  expect(taken).toBeGreaterThan(200);
  expect(all.length - taken).toBeGreaterThan(200);
});

test('a node port that does not exist is refused where it is asked for', async () => {
  const service = (nodePort: number) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { generateName: 'port-' },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort }] },
  });
  for (const nodePort of [-1, 65_536]) {
    const { status } = await cluster.api.send('POST', '/api/v1/namespaces/default/services', {
      body: service(nodePort),
    });
    expect(status).toBe(422);
  }
});
