import { clustersRoot, layoutOf } from './layout';

const before = process.env.DRYDOCK_CLUSTERS;
afterEach(() => {
  if (before === undefined) delete process.env.DRYDOCK_CLUSTERS;
  else process.env.DRYDOCK_CLUSTERS = before;
});

test('the folder of all clusters is /var/lib/drydock, or the one that DRYDOCK_CLUSTERS names', () => {
  delete process.env.DRYDOCK_CLUSTERS;
  expect(clustersRoot()).toBe('/var/lib/drydock');
  process.env.DRYDOCK_CLUSTERS = '/mnt/disk/drydock';
  expect(layoutOf('one', 1, '1.34', true).directory).toBe('/mnt/disk/drydock/one');
});

test.each(['clusters', '/mnt/disk/', '/mnt/../disk', `/${'long'.repeat(14)}`])('not %s', (root) => {
  process.env.DRYDOCK_CLUSTERS = root;
  expect(() => clustersRoot()).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', where: 'DRYDOCK_CLUSTERS' }),
  );
});

test('two clusters of one name have no cgroup in common', () => {
  const [first, second] = [layoutOf('one', 1, '1.34', false), layoutOf('one', 1, '1.34', false)];
  expect(first.cgroup).not.toBe(second.cgroup);
});
