import { sharedCluster, until, withNamespace } from '..';

jest.setTimeout(240_000);

function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

test('a ValidatingAdmissionPolicy denies what its expression refuses and admits the rest', async () => {
  const cluster = await sharedCluster();
  await withNamespace(cluster, async (namespace) => {
    const name = `no-secrets-${namespace.name}`;
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
          ],
        },
        validations: [{ expression: "!('password' in object.data)", message: 'no passwords in a ConfigMap' }],
      },
    };
    const binding = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace.name } },
        },
      },
    };
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [policy, binding] });
    await cluster.kubectl(['create', '-f', '-'], { input });
    try {
      const create = (object: object, ...flags: string[]) =>
        namespace.kubectl(['create', '-f', '-', ...flags], {
          input: JSON.stringify(object),
          allowFailure: true,
        });
      const bad = configMap('bad', { password: 'x' });
      const denied = await until('the policy to be in force', async () => {
        const tried = await create(bad, '--dry-run=server');
        return tried.code === 0 ? undefined : tried;
      });
      expect(denied.stderr).toContain('no passwords in a ConfigMap');
      expect((await create(configMap('good', { user: 'x' }))).code).toBe(0);
    } finally {
      await cluster.kubectl(['delete', '-f', '-', '--wait=false'], { input });
    }
  });
});
