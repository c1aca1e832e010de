import { withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { httpRouteDefinition } from '../../scripts/imports/crds';
import { withDefinition } from '../support/custom-resource';

jest.setTimeout(300_000);

function httpRoute(): JsonObject {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
  new SecureService(chart, 'web', {
    image: 'registry.example.com/web:1',
    port: 8080,
    resources: 'small',
    httpRoute: {
      host: 'shop.example.com',
      path: '/shop',
      gateway: { name: 'public', namespace: 'gateways', listener: 'https' },
      controllerNamespace: 'gateways',
    },
  });
  const objects = Testing.synth(chart) as JsonObject[];
  return objects.find(({ kind }) => kind === 'HTTPRoute') as JsonObject;
}

describe('the HTTPRoute of a service, on an API server that knows the Gateway API', () => {
  const cluster = withDefinition('httproutes', httpRouteDefinition);

  test('is accepted strictly; one with a field too many, or a path that is none, is refused', async () => {
    await withNamespace(cluster(), async (namespace) => {
      const apply = (route: JsonObject, change: (text: string) => string = (text) => text) =>
        namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
          input: change(JSON.stringify(route)),
          allowFailure: true,
        });
      expect(await apply(httpRoute())).toMatchObject({ code: 0, stderr: '' });
      const misspelt = await apply(httpRoute(), (text) => text.replace('"hostnames"', '"hosts"'));
      expect(misspelt.stderr).toContain('hosts');
      const relative = await apply(httpRoute(), (text) => text.replace('"/shop"', '"shop"'));
      expect(relative.stderr).toContain('must be an absolute path');
    });
  });
});
