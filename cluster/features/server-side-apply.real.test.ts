import { sharedCluster, withNamespace } from '..';

jest.setTimeout(240_000);

test('server-side apply refuses to take a field from another manager, and force takes it', async () => {
  await withNamespace(await sharedCluster(), async (namespace) => {
    const apply = (manager: string, value: string, ...flags: string[]) =>
      namespace.kubectl(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-', ...flags], {
        input: JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'owned' },
          data: { key: value },
        }),
        allowFailure: true,
      });
    const held = async () => (await namespace.get<{ data: { key: string } }>('configmap', 'owned')).data.key;
    expect((await apply('first', 'one')).code).toBe(0);
    const refused = await apply('second', 'two');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('conflict with "first"');
    expect(await held()).toBe('one');
    expect((await apply('second', 'two', '--force-conflicts')).code).toBe(0);
    expect(await held()).toBe('two');
  });
});
