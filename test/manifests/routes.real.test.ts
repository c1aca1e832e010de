import { withNamespace } from '../../cluster';
import { SecureService } from '../../constructs';
import { Testing } from '../../core/synth';
import type { JsonObject } from '../../core/template';
import { HelmChart } from '../../core/tree';
import { withDefinition } from '../support/custom-resource';

jest.setTimeout(300_000);

const way = {
  host: 'shop.example.com',
  hosts: ['*.shop.example.com'],
  gateway: { name: 'public', namespace: 'gateways', listener: 'https' },
  controllerNamespace: 'gateways',
};

/** A service with every route that there is. */
function routes(): ReadonlyMap<unknown, JsonObject> {
  const chart = new HelmChart(Testing.app(), 'shop', { description: 'A shop' });
  new SecureService(chart, 'web', {
    image: 'registry.example.com/web:1',
    port: 8080,
    resources: 'small',
    httpRoute: {
      ...way,
      paths: ['/shop', { path: '/exactly', exact: true }],
      filters: [
        { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-shop', value: 'a' }] } },
      ],
    },
    grpcRoute: way,
    tlsRoute: way,
  });
  // Services of their own, for each of these goes with one path or leads nowhere else.
  for (const [id, filter] of [
    ['old', { type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
    [
      'moved',
      { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
    ],
  ] as const)
    new SecureService(chart, id, {
      image: 'registry.example.com/web:1',
      port: 8080,
      resources: 'small',
      httpRoute: { ...way, path: '/old', filters: [filter] },
    });
  const objects = Testing.synth(chart) as JsonObject[];
  return new Map(objects.map((one) => [`${one.kind} ${(one.metadata as { name: string }).name}`, one]));
}

describe('the routes of a service, on an API server that knows the Gateway API', () => {
  const cluster = withDefinition('httproutes');
  withDefinition('grpcroutes');
  withDefinition('tlsroutes');

  test.each<[route: string, change: readonly [string, string], why: string]>([
    ['HTTPRoute shop-web', ['"hostnames"', '"hosts"'], 'hosts'],
    ['HTTPRoute shop-web', ['"/shop"', '"shop"'], 'must be an absolute path'],
    [
      'HTTPRoute shop-old',
      ['"rules":[{', '"rules":[{"backendRefs":[{"name":"a","port":80}],'],
      'RequestRedirect',
    ],
    ['HTTPRoute shop-moved', ['"PathPrefix"', '"Exact"'], 'PathPrefix'],
    ['GRPCRoute shop-web', ['"backendRefs"', '"backends"'], 'backends'],
    ['TLSRoute shop-web', ['"parentRefs"', '"parents"'], 'parents'],
  ])('%s is accepted strictly; with %j in it, it is refused', async (name, [from, to], why) => {
    await withNamespace(cluster(), async (namespace) => {
      const apply = (route: string) =>
        namespace.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], {
          input: route,
          allowFailure: true,
        });
      const route = JSON.stringify(routes().get(name));
      expect(await apply(route)).toMatchObject({ code: 0 });
      expect(route).toContain(from);
      expect((await apply(route.replace(from, to))).stderr).toContain(why);
    });
  });
});
