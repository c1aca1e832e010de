import { renderPlain } from './plain';

test.each([
  ['kustomization.yaml', 'a file of kustomize'],
  ['app/kustomization.yml', 'a file of kustomize'],
  ['Chart.yaml', 'a file of a Helm chart'],
  ['app/values.yaml', 'a file of a Helm chart'],
])('%s in a folder of plain manifests is told as %s', async (path, found) => {
  await expect(renderPlain([{ path, content: Buffer.from('a: b') }])).rejects.toMatchObject({
    ...{ code: 'RENDER_FAILED', where: path, found, expected: 'a folder of plain manifests' },
  });
});
