import { Chart } from 'cdk8s';
import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { shopChart } from '../../test/support/family';
import {
  ReferenceGrant,
  type ReferenceGrantProps,
  SecureGateway,
  type SecureGatewayProps,
  SecureService,
} from '..';

// biome-ignore lint/suspicious/noExplicitAny: a test reads rendered objects as what they are
type Any = any;
const LISTENERS = { https: { secretName: 'tls' } };
const PROPS: SecureGatewayProps = { className: 'istio', listeners: LISTENERS };
const made = (more: object = {}, chart: Chart = shopChart()) => {
  const gateway = new SecureGateway(chart, 'public', { ...PROPS, ...more });
  return { gateway, objects: () => Testing.synth(chart) as Any[] };
};
const listenersIn = (listeners: object, more: object = {}) =>
  made({ listeners, ...more }).objects()[0].spec.listeners;

describe('SecureGateway', () => {
  test('encrypts, and serves routes of its own namespace', () => {
    const [object, ...others] = made({
      listeners: { https: { host: '*.a.example', secretName: 'tls' } },
    }).objects();
    expect(others).toEqual([]);
    expect(object).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: {
        name: 'shop-public',
        labels: expect.objectContaining({ 'app.kubernetes.io/component': 'public' }),
      },
      spec: {
        gatewayClassName: 'istio',
        listeners: [
          {
            name: 'https',
            hostname: '*.a.example',
            port: 443,
            protocol: 'HTTPS',
            tls: { mode: 'Terminate', certificateRefs: [{ name: 'tls' }] },
            allowedRoutes: { namespaces: { from: 'Same' } },
          },
        ],
      },
    });
  });

  test('says otherwise by named props alone', () => {
    const labels = { team: 'shop' };
    expect(
      listenersIn({
        pass: { passthrough: true, port: 8443, routesFrom: { labels } },
        plain: { plain: true, routesFrom: 'All' },
        far: { secretName: 'tls', secretNamespace: 'certs' },
      }),
    ).toEqual([
      {
        name: 'pass',
        port: 8443,
        protocol: 'TLS',
        tls: { mode: 'Passthrough' },
        allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: labels } } },
      },
      { name: 'plain', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } },
      expect.objectContaining({
        tls: { mode: 'Terminate', certificateRefs: [{ name: 'tls', namespace: 'certs' }] },
      }),
    ]);
  });

  test('sends those who come without encryption to the same place with it', () => {
    const { gateway, objects } = made({ redirectPlain: true });
    const [own, route] = objects();
    expect(own.spec.listeners[1]).toEqual({
      name: 'redirect',
      port: 80,
      protocol: 'HTTP',
      allowedRoutes: { namespaces: { from: 'Same' }, kinds: [{ kind: 'HTTPRoute' }] },
    });
    expect(route).toMatchObject({
      kind: 'HTTPRoute',
      metadata: { name: 'shop-public-redirect' },
      spec: {
        parentRefs: [{ name: 'shop-public', sectionName: 'redirect' }],
        rules: [
          { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] },
        ],
      },
    });
    expect(gateway.redirect?.kind).toBe('HTTPRoute');
  });

  test('annotations are its own, those of what is made for it, and labels go beside ours', () => {
    const [{ metadata, spec }] = made({
      annotations: { 'a.b/c': 'd' },
      infrastructureAnnotations: { 'cloud.example/lb': 'internal' },
      labels: { team: 'edge' },
      name: 'front',
    }).objects();
    expect(metadata).toMatchObject({
      name: 'shop-front',
      annotations: { 'a.b/c': 'd' },
      labels: { team: 'edge' },
    });
    expect(spec.infrastructure).toEqual({ annotations: { 'cloud.example/lb': 'internal' } });
  });

  test('what redirects has the labels and annotations of the gateway', () => {
    const more = { redirectPlain: true, annotations: { 'a.b/c': 'd' }, labels: { team: 'edge' } };
    const [{ metadata }, redirect] = made(more).objects();
    expect(redirect.metadata).toEqual({ ...metadata, name: 'shop-public-redirect' });
  });

  test('a listener may be there on a condition', () => {
    const values = defineValues({ pass: value.boolean({ default: false, doc: 'd' }) });
    const names = (pass: boolean) => {
      const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
      made(
        { listeners: { ...LISTENERS, pass: { passthrough: true, port: 8443, enabled: values.pass } } },
        chart,
      );
      const [object] = Testing.synth(chart, { values: { pass } }) as Any[];
      return object.spec.listeners.map(({ name }: Any) => name);
    };
    expect([names(false), names(true)]).toEqual([['https'], ['https', 'pass']]);
    expect(listenersIn({ ...LISTENERS, off: { plain: true, enabled: false } })).toHaveLength(1);
  });

  test('one that has no listener left is refused when the chart is installed', () => {
    const values = defineValues({ on: value.boolean({ default: true, doc: 'd' }) });
    const chart = new HelmChart(Testing.app(), 'shop', { description: 'test', values });
    made({ listeners: { https: { secretName: 'tls', enabled: values.on } } }, chart);
    expect(() => Testing.synth(chart, { values: { on: false } })).toThrow(/listeners/);
    expect(() => Testing.synth(chart, { values: { on: true } })).not.toThrow();
  });

  test('routes of services name its listeners', () => {
    const chart = shopChart();
    const { gateway } = made({}, chart);
    new SecureService(chart, 'api', {
      ...{ image: 'a:1', port: 80, resources: 'small' as const },
      httpRoute: { host: 'a.example', gateway: gateway.at('https'), controllerNamespace: 'istio-system' },
    });
    const route = (Testing.synth(chart) as Any[]).find(({ kind }) => kind === 'HTTPRoute');
    expect(route.spec.parentRefs).toEqual([{ name: 'shop-public', sectionName: 'https' }]);
    expect(() => gateway.at('http')).toThrow(
      expect.objectContaining({
        code: 'PROP_INVALID',
        found: 'the listener "http"',
        expected: 'one of https',
      }),
    );
    const stock = new Chart(Testing.app(), 'edge', { namespace: 'gateways' });
    expect(made({}, stock).gateway.at('https')).toMatchObject({ namespace: 'gateways' });
  });

  test.each<[place: string, code: string, wrong: object, right: object]>([
    ['className', 'PROP_MISSING', { className: undefined }, {}],
    ['listeners', 'PROP_INVALID', { listeners: {} }, {}],
    ['listeners.https', 'PROP_INVALID', { listeners: { https: {} } }, {}],
    [
      'listeners.https',
      'PROP_INVALID',
      { listeners: { https: { secretName: 'tls', plain: true } } },
      { listeners: { http: { plain: true } } },
    ],
    [
      'listeners.https.secretNamespace',
      'PROP_INVALID',
      { listeners: { https: { passthrough: true, secretNamespace: 'a' } } },
      { listeners: { https: { secretName: 'tls', secretNamespace: 'a' } } },
    ],
    [
      'listeners.other',
      'NAME_TAKEN',
      { listeners: { ...LISTENERS, other: { secretName: 'b' } } },
      { listeners: { ...LISTENERS, other: { secretName: 'b', host: 'b.example' } } },
    ],
    [
      'listeners.plain',
      'NAME_TAKEN',
      { redirectPlain: true, listeners: { ...LISTENERS, plain: { plain: true } } },
      { redirectPlain: true, listeners: { ...LISTENERS, plain: { plain: true, port: 8080 } } },
    ],
    [
      'listeners.redirect',
      'NAME_TAKEN',
      { redirectPlain: true, listeners: { redirect: { secretName: 'a' } } },
      { listeners: { redirect: { secretName: 'a' } } },
    ],
    [
      'listeners.https.host',
      'PROP_INVALID',
      { listeners: { https: { secretName: 'a', host: 'https://a' } } },
      { listeners: { https: { secretName: 'a', host: 'a' } } },
    ],
    [
      'listeners.https.routesFrom',
      'PROP_INVALID',
      { listeners: { https: { secretName: 'a', routesFrom: 'Selector' } } },
      { listeners: { https: { secretName: 'a', routesFrom: 'All' } } },
    ],
    ['redirect', 'PROP_UNKNOWN', { redirect: true }, { redirectPlain: true }],
  ])('refuses %s (%s) %#', (place, code, wrong, right) => {
    expect(() => made(wrong)).toThrow(expect.objectContaining({ code, where: `shop/public ${place}` }));
    expect(() => made(right)).not.toThrow();
  });
});

describe('ReferenceGrant', () => {
  const grant = (props: object) => {
    const chart = shopChart();
    new ReferenceGrant(chart, 'certs', props as ReferenceGrantProps);
    return (Testing.synth(chart) as Any[])[0];
  };
  const from = (kind: string) => [{ kind, namespace: 'edge' }];

  test('names who may name what, one by one', () => {
    expect(grant({ from: from('Gateway'), secrets: ['tls', 'other-tls'] })).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name: 'shop-certs', labels: expect.any(Object) },
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'edge' }],
        to: [
          { group: '', kind: 'Secret', name: 'tls' },
          { group: '', kind: 'Secret', name: 'other-tls' },
        ],
      },
    });
    expect(grant({ from: from('HTTPRoute'), services: ['api'] }).spec.to).toEqual([
      { group: '', kind: 'Service', name: 'api' },
    ]);
  });

  const routes = { from: from('HTTPRoute'), services: ['api'] };
  test.each<[place: string, code: string, wrong: object, right: object]>([
    ['from', 'PROP_MISSING', { secrets: ['a'] }, { from: from('Gateway'), secrets: ['a'] }],
    ['from', 'PROP_INVALID', { from: [], services: ['a'] }, routes],
    ['from[0].kind', 'PROP_INVALID', { from: from('Ingress'), services: ['a'] }, routes],
    ['secrets', 'PROP_MISSING', { from: from('Gateway') }, { from: from('Gateway'), secrets: ['a'] }],
    ['secrets', 'PROP_INVALID', { from: from('Gateway'), secrets: [] }, routes],
    ['from', 'PROP_INVALID', { from: from('HTTPRoute'), secrets: ['a'] }, routes],
    [
      'secrets',
      'PROP_INVALID',
      { from: [...from('Gateway'), ...from('HTTPRoute')], services: ['a'] },
      routes,
    ],
    [
      'services[0]',
      'NAME_INVALID',
      { from: from('GRPCRoute'), services: ['A'] },
      { from: from('GRPCRoute'), services: ['a'] },
    ],
  ])('refuses %s (%s) %#', (place, code, wrong, right) => {
    expect(() => grant(wrong)).toThrow(expect.objectContaining({ code, where: `shop/certs ${place}` }));
    expect(() => grant(right)).not.toThrow();
  });
});
