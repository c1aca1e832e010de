import { readKubernetesSpec } from './kubernetes-module';

test('without Go it says so, and what Go is needed for', async () => {
  await expect(readKubernetesSpec({ ...process.env, PATH: '/nonexistent' })).rejects.toMatchObject({
    code: 'GO_MISSING',
    found: 'no `go` on the PATH',
  });
});
