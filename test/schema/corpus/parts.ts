/** What several objects of the corpus are made of. */

export const labels = { app: 'web', 'app.kubernetes.io/name': 'web' };
export const selector = {
  matchLabels: { app: 'web' },
  matchExpressions: [
    { key: 'app.kubernetes.io/name', operator: 'In', values: ['web'] },
    { key: 'canary', operator: 'DoesNotExist' },
  ],
};
export const metadata = (name: string) => ({
  name,
  labels,
  annotations: { 'example.com/note': 'Any text, even this: {}' },
});

export const smallPod = { containers: [{ name: 'app', image: 'web:1' }] };
export const template = (spec: object) => ({
  metadata: { labels, annotations: { 'example.com/a': 'b' } },
  spec,
});
export const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '10Gi' }, limits: { storage: '20Gi' } },
  storageClassName: 'fast',
  volumeMode: 'Filesystem',
};
