import { withoutManagedFields } from './without-managed-fields';

test('an object is the same without them, and the one that was given still has them', () => {
  const metadata = { name: 'a', namespace: 'shop', uid: 'u', resourceVersion: '7', labels: { app: 'shop' } };
  const given = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { x: '1' } },
    metadata: { ...metadata, managedFields: [{ manager: 'kubectl' }] },
  };
  expect(withoutManagedFields(given)).toEqual({ ...given, metadata });
  expect(given.metadata.managedFields).toHaveLength(1);
});
