import type { Stored } from '../../kube';
import type { Application } from '../api/application';
import { settingsOf } from './settings';

const appWith = (spec: object, metadata: object = { namespace: 'team' }) =>
  ({
    ...{ apiVersion: 'ajj.io/v1', kind: 'Application' },
    metadata: { name: 'shop', uid: 'u', resourceVersion: '1', ...metadata },
    spec: { source: { url: 'https://example.com/x' }, ...spec },
  }) as Stored<Application>;

test('what an Application does not say is what its definition fills in', () => {
  expect(settingsOf(appWith({}))).toEqual({
    ...{ url: 'https://example.com/x', branch: 'main', type: 'git', path: '', secret: undefined },
    ...{ namespace: 'team', release: expect.stringMatching(/^shop-[0-9a-f]{8}$/), user: undefined },
    ...{ auto: true, intervalMs: 30_000, timeoutMs: 300_000 },
    ...{ prune: true, allowPrune: false, rollback: false, adopt: false, allowPruneOf: [] },
  });
  expect(settingsOf(appWith({}, {})).namespace).toBe('default');
});

test('what it says counts, each for itself', () => {
  const said = appWith({
    source: { url: 'https://example.com/y', branch: 'b', type: 'jj', path: 'p', secret: 's' },
    destination: { namespace: 'other' },
    serviceAccount: 'deployer',
    sync: {
      ...{ auto: false, interval: '1m', timeout: '2m', prune: false },
      ...{ allowPrune: true, rollback: true, adopt: true, allowPruneOf: ['Namespace/x'] },
    },
  });
  expect(settingsOf(said)).toEqual({
    ...{ url: 'https://example.com/y', branch: 'b', type: 'jj', path: 'p', secret: 's' },
    ...{ namespace: 'other', release: settingsOf(appWith({})).release },
    user: 'system:serviceaccount:team:deployer',
    ...{ auto: false, intervalMs: 60_000, timeoutMs: 120_000 },
    ...{ prune: false, allowPrune: true, rollback: true, adopt: true, allowPruneOf: ['Namespace/x'] },
  });
});
