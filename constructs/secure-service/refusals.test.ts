import { App, Testing } from '../../core/synth';
import { DrydockError, type JsonObject, type TextPart, text } from '../../core/template';
import { HelmChart, release, when } from '../../core/tree';
import { defineValues, value } from '../../core/values';
import { chart, objectsOf, REQUIRED } from '../../test/support/one-service';
import { Peer, Probe, SecureService, type SecureServiceProps } from '..';

describe('bad input is refused at construction with the construct, the prop and what to do', () => {
  const refused: readonly [string, string, Partial<SecureServiceProps>, string][] = [
    ['a port out of range', 'PORT_RANGE', { port: 70_000 }, 'port'],
    ['a port that is not whole', 'PORT_RANGE', { port: 1.5 }, 'port'],
    ['another port out of range', 'PORT_RANGE', { ports: { metrics: 0 } }, 'ports.metrics'],
    ['an image without tag', 'IMAGE_UNPINNED', { image: 'example.com/app' }, 'image'],
    [
      'an image whose only colon is the registry port',
      'IMAGE_UNPINNED',
      { image: 'example.com:5000/app' },
      'image',
    ],
    [
      'a CPU limit below the request',
      'CPU_LIMIT',
      { resources: { cpu: '500m', memory: '1Gi', cpuLimit: '0.4' } },
      'resources.cpuLimit',
    ],
    [
      'an invalid amount',
      'QUANTITY_INVALID',
      { resources: { cpu: '1', memory: '1 GB' } },
      'resources.memory',
    ],
    ['an unknown preset', 'PROP_INVALID', { resources: 'huge' as never }, 'resources'],
    ['a node port out of range', 'NODE_PORT_RANGE', { nodePort: { port: 8080 } }, 'nodePort.port'],
    ['root without saying so', 'ROOT_USER', { user: 0 }, 'user'],
    [
      'more at least than at most',
      'SCALING_RANGE',
      { autoscaling: { minReplicas: 5, maxReplicas: 2 } },
      'autoscaling.maxReplicas',
    ],
    ['no time to end', 'SHUTDOWN_TIME', { preStopSeconds: 31 }, 'terminationGracePeriodSeconds'],
    ['a variable twice', 'ENV_TWICE', { env: { A: 'x' }, extraEnv: [{ name: 'A', value: 'y' }] }, 'extraEnv'],
    [
      'a variable twice in a sidecar',
      'ENV_TWICE',
      { sidecars: [{ name: 's', env: [{ name: 'A' }, { name: 'A' }] }] },
      'sidecars env',
    ],
    ['a name that is no variable', 'ENV_NAME', { env: { '1A': 'x' } }, 'env.1A'],
    ['an invalid source', 'PROP_INVALID', { env: { A: {} as never } }, 'env.A'],
    ['a folder that is not absolute', 'PROP_INVALID', { writable: ['tmp'] }, 'writable[0]'],
    ['a folder twice', 'PATH_TAKEN', { writable: ['/tmp', '/tmp/'] }, 'writable'],
  ];
  /** What was accepted by construct and check, and refused by the API server. Each has its accepted twin. */
  const TLS = { tls: { secretName: 'cert' } };
  const twins: readonly [string, string, string, unknown, unknown, object?][] = [
    ['a misspelt prop', 'PROP_UNKNOWN', 'replica', 3, undefined],
    [
      'a host with a scheme',
      'PROP_INVALID',
      'ingress.host',
      'https://shop.example.com',
      'shop.example.com',
      TLS,
    ],
    ['a host in capitals', 'PROP_INVALID', 'ingress.host', 'Shop.example.com', '*.example.com', TLS],
    [
      'a host with letters beyond a to z',
      'PROP_INVALID',
      'ingress.host',
      'bücher.example',
      'xn--bcher-kva.example',
      TLS,
    ],
    ['a path without a slash', 'PROP_INVALID', 'ingress.path', 'x', '/x', { host: 'a.example', ...TLS }],
    [
      'an Ingress class that is no name',
      'NAME_INVALID',
      'ingress.className',
      '',
      'nginx',
      { host: 'a.example', ...TLS },
    ],
    ['a size with a space', 'QUANTITY_INVALID', 'storage.size', '10 GB', '10G', { path: '/data' }],
    ['storage of nothing', 'QUANTITY_INVALID', 'storage.size', '0', '1Gi', { path: '/data' }],
    ['an invalid range', 'PROP_INVALID', 'egress[0].cidr', '10.0.0.0/99', '10.0.0.0/8', { port: 443 }],
    ['an invalid port', 'PORT_RANGE', 'egress[0].port', 99_999, 443, { cidr: '10.0.0.0/8' }],
    [
      'an unknown prop of a block',
      'PROP_UNKNOWN',
      'egress[0].ports',
      [1],
      undefined,
      { cidr: '::/0', port: 1 },
    ],
    ['an invalid protocol', 'PROP_INVALID', 'egress[0].protocol', 'tcp', 'TCP', { cidr: '::/0', port: 1 }],
    ['a name of a port that is too long', 'NAME_INVALID', 'ports.a-much-too-long-name', 9090, undefined],
    ['the name of the own port', 'PORT_TAKEN', 'ports.http', 9090, undefined],
    ['the number of the own port', 'PORT_TAKEN', 'ports.metrics', 8080, 9090],
    ['the number of the Service', 'PORT_TAKEN', 'ports.metrics', 80, 81],
    ['an invalid name of the port', 'NAME_INVALID', 'portName', 'HTTP', 'http-api'],
    ['an invalid protocol of the port', 'LABEL_INVALID', 'appProtocol', 'h2 c', 'kubernetes.io/h2c'],
    ['a label of 80 characters', 'LABEL_INVALID', 'labels.team', 'x'.repeat(80), 'x'.repeat(63)],
    ['an invalid key of a label', 'LABEL_INVALID', 'labels.a b', 'x', undefined],
    ['a number for an annotation', 'PROP_INVALID', 'annotations.a', 5, '5'],
    ['an invalid node selector', 'LABEL_INVALID', 'nodeSelector.disk', 'a b', 'ssd'],
    ['a period below one', 'PROP_INVALID', 'probes.liveness.periodSeconds', -5, 5, Probe.http('/')],
    ['a probe with enable', 'PROP_UNKNOWN', 'probes.liveness.enable', true, undefined, Probe.http('/')],
    ['a probe that asks nothing', 'PROP_INVALID', 'probes.liveness.ask', {}, Probe.tcp().ask],
    [
      'a liveness probe that wants two answers',
      'PROP_INVALID',
      'probes.liveness.successThreshold',
      2,
      1,
      Probe.tcp(),
    ],
    ['a text for the replicas', 'SCALING_RANGE', 'replicas', 'three', 3],
    ['no resources', 'PROP_INVALID', 'resources', null, 'small'],
    ['memory in thousandths of bytes', 'QUANTITY_INVALID', 'resources.memory', '128m', '128M', { cpu: '1' }],
    ['a CPU limit of zero', 'QUANTITY_INVALID', 'resources.cpuLimit', '0', '1', { cpu: '1', memory: '1Gi' }],
    ['no memory', 'PROP_MISSING', 'resources.memory', undefined, '1Gi', { cpu: '1' }],
    ['no number for a variable', 'PROP_INVALID', 'env.A', Number.POSITIVE_INFINITY, 5],
    ['no image', 'PROP_MISSING', 'image', undefined, 'a:1'],
    ['the image latest', 'IMAGE_UNPINNED', 'image', 'example.com/a:latest', 'example.com/a:1'],
    ['an image with a scheme', 'PROP_INVALID', 'image', 'https://example.com/a:1', 'example.com/a:1'],
    ['a user below zero', 'PROP_INVALID', 'user', -1, 10_001],
    ['a user that is no number', 'PROP_INVALID', 'user', '1000', 1000],
    [
      'a preStop as long as the grace',
      'SHUTDOWN_TIME',
      'terminationGracePeriodSeconds',
      5,
      6,
      { preStopSeconds: 5 },
    ],
    [
      'an Ingress without TLS',
      'PLAIN_INGRESS',
      'ingress.tls',
      undefined,
      { secretName: 'cert' },
      { host: 'a.example' },
    ],
    ['a sidecar that is called like the service', 'NAME_TAKEN', 'sidecars[0].name', 'app', 'proxy'],
    [
      'a mount without its volume',
      'VOLUME_UNKNOWN',
      'volumeMounts[0].name',
      'nowhere',
      undefined,
      { mountPath: '/x' },
    ],
    ['a capability with a prefix', 'PROP_INVALID', 'addCapabilities[0]', 'CAP_SYS_TIME', 'SYS_TIME'],
    ['an empty command', 'PROP_INVALID', 'command', [], ['run']],
    ['a flag that is a text', 'PROP_INVALID', 'allowRoot', 'yes', true],
    ['a list of peers that is one', 'PROP_INVALID', 'allowTo', 'db', []],
  ];
  /** The props with something at a path such as `egress[0].port`, and what else is in the same object. */
  function at(path: string, given: unknown, beside: object = {}): Partial<SecureServiceProps> {
    const keys = path.split('.').map((key) => key.replace('[0]', ''));
    const isList = path.split('.').map((key) => key.endsWith('[0]'));
    const innermost: unknown = keys.length > 1 ? { ...beside, [keys.at(-1) as string]: given } : given;
    const wrapped = keys
      .slice(1, -1)
      .reduceRight<unknown>((inner, key) => ({ [key]: inner }), isList[0] ? [innermost] : innermost);
    return { ...(keys.length > 1 ? {} : beside), [keys[0] as string]: wrapped } as never;
  }
  test.each(twins)('%s, and its twin is accepted', (_, code, path, wrong, right, beside = {}) => {
    const where = `shop/api ${path}`;
    expect(() => objectsOf(at(path, wrong, beside))).toThrow(
      expect.objectContaining({ code, where, remedy: expect.stringMatching(/[.?]$/) }),
    );
    if (right !== undefined) expect(() => objectsOf(at(path, right, beside))).not.toThrow();
  });

  test.each(refused)('%s', (_, code, props, prop) => {
    expect(() => objectsOf(props)).toThrow(
      expect.objectContaining({ code, where: `shop/api ${prop}`, remedy: expect.stringMatching(/\.$/) }),
    );
  });

  test('the same with what is right is accepted', () => {
    const right: Partial<SecureServiceProps>[] = [
      { image: 'example.com:5000/app:1' },
      { image: `app@sha256:${'0'.repeat(64)}` },
      { image: 'app', allowUnpinnedImage: true },
      { user: 0, allowRoot: true },
      { nodePort: { port: 30_000 } },
      { resources: { cpu: '500m', memory: '1Gi', cpuLimit: '0.5' } },
    ];
    for (const props of right) expect(() => objectsOf(props)).not.toThrow();
  });

  test('a CPU limit below the request, where one of them or both are values', () => {
    const values = defineValues({
      cpu: value.cpu({ default: '250m', doc: 'Guaranteed' }),
      limit: value.cpu({ optional: true, doc: 'At most' }),
    });
    const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const { cpu, limit } = values as never as Record<'cpu' | 'limit', string>;
    const add = (id: string, resources: { readonly cpu: string; readonly cpuLimit: string }) =>
      new SecureService(shop, id, { ...REQUIRED, resources: { ...resources, memory: '1Gi' } });
    add('both', { cpu, cpuLimit: limit });
    add('limit', { cpu: '100m', cpuLimit: limit });
    add('request', { cpu, cpuLimit: '2' });
    const said = (given: JsonObject) => {
      try {
        Testing.synth(shop, { values: given });
        return 'taken';
      } catch (error) {
        return /CPU_LIMIT at shop\/(\w+) resources.cpuLimit: found (.*), expected a .*\. Raise/
          .exec(String(error))
          ?.slice(1)
          .join(', ');
      }
    };
    const BOTH = 'both, what was given for limit and cpu';
    const tried = ['250m', '0.25', '1', '249m', '0.249'].map((given) => said({ limit: given }));
    expect(tried).toEqual(['taken', 'taken', 'taken', BOTH, BOTH]);
    expect(said({})).toBe('taken');
    expect(said({ cpu: '50m', limit: '0.099' })).toBe('limit, what was given for limit');
    expect(said({ cpu: '2001m' })).toBe('request, what was given for cpu');
  });

  test('what a template literal makes of values, as it does what is written with `text`', () => {
    const values = defineValues({
      milli: value.integer({ default: 200, min: 1, max: 999, doc: 'Guaranteed' }),
      host: value.string({ default: 'example.com:5000', doc: 'Registry' }),
    });
    const made = (write: (parts: TemplateStringsArray, ...given: readonly unknown[]) => string) => {
      const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
      new SecureService(shop, 'api', {
        ...REQUIRED,
        name: write`${release.name}-api`,
        image: write`${values.host}/api:1`,
        resources: { cpu: write`${values.milli}m`, cpuLimit: '500m', memory: '64Mi' },
      });
      const said = (given: JsonObject) => {
        try {
          return Testing.synth(shop, { values: given });
        } catch (error) {
          return String(error);
        }
      };
      return [said({}), said({ milli: 501 }), said({ host: 'https://example.com' })];
    };
    const [objects, limit, image] = made((parts, ...given) => String.raw({ raw: parts }, ...given));
    expect([objects, limit, image]).toEqual(
      made((parts, ...given) => text(parts, ...(given as TextPart[])) as never),
    );
    expect(JSON.stringify(objects)).toContain('"cpu":"200m"');
    expect(limit).toMatch(/CPU_LIMIT at shop\/api resources\.cpuLimit: found what was given for milli/);
    expect(image).toMatch(/IMAGE_UNPINNED at shop\/api image: found what was given for host/);
  });

  test('two services with one name', () => {
    const shop = chart();
    new SecureService(shop, 'api', REQUIRED);
    expect(() => new SecureService(shop, 'other', { ...REQUIRED, name: 'api' })).toThrow(
      expect.objectContaining({ code: 'NAME_TAKEN', found: expect.stringContaining('shop/api') }),
    );
  });

  test('a node port twice in one App', () => {
    const app = new App({ outdir: 'unused' });
    const [one, two] = ['one', 'two'].map((id) => new HelmChart(app, id, { description: 'test' }));
    new SecureService(one as HelmChart, 'api', { ...REQUIRED, nodePort: { port: 30_001 } });
    expect(
      () => new SecureService(two as HelmChart, 'api', { ...REQUIRED, nodePort: { port: 30_001 } }),
    ).toThrow(
      expect.objectContaining({ code: 'NODE_PORT_TAKEN', found: expect.stringContaining('one/api') }),
    );
  });

  test('a node port twice is taken where the two are under conditions, which may exclude each other', () => {
    const values = defineValues({
      one: value.boolean({ default: true, doc: 'd' }),
      port: value.integer({ default: 30_002, doc: 'd' }),
    });
    const shop = () => new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
    const add = (to: HelmChart, id: string, port: number) =>
      new SecureService(to, id, { ...REQUIRED, nodePort: { port } });
    const both = shop();
    when(values.one, () => add(both, 'api', 30_001));
    expect(() => when(values.one.not(), () => add(both, 'web', 30_001))).not.toThrow();
    const single = shop();
    when(values.one, () => add(single, 'api', 30_001));
    expect(() => add(single, 'web', 30_001)).toThrow(expect.objectContaining({ code: 'NODE_PORT_TAKEN' }));
    // One of the two is a value: only the installation knows.
    const mixed = shop();
    add(mixed, 'api', 30_001);
    add(mixed, 'web', values.port as never);
    const installed = (port: number) => () => Testing.synth(mixed, { values: { port } });
    expect(installed(30_001)).toThrow(/NODE_PORT_TAKEN at shop\/web nodePort\.port/);
    expect(installed(30_003)).not.toThrow();
  });

  test.each([undefined, null, 5, 'db', {}, new App({ outdir: 'unused' })])(
    'allowFrom(%s) and allowTo of it, by a caller without types',
    (given) => {
      const service = new SecureService(chart(), 'api', REQUIRED);
      for (const method of ['allowFrom', 'allowTo'] as const)
        expect(() => service[method](given as never)).toThrow(
          expect.objectContaining({
            code: 'PROP_INVALID',
            where: expect.stringContaining(`shop/api ${method}`),
          }),
        );
    },
  );

  test('allowTo of a service of another App', () => {
    const elsewhere = new SecureService(chart(), 'db', REQUIRED);
    expect(() => objectsOf({ allowTo: [elsewhere] })).toThrow(
      expect.objectContaining({ code: 'PEER_ELSEWHERE' }),
    );
    expect(() => objectsOf({ allowTo: [Peer.namespace('data')] })).not.toThrow();
  });
});

describe('bad values are refused at installation with the same words', () => {
  const values = defineValues({
    port: value.integer({ default: 30_100, doc: 'A node port' }),
    other: value.integer({ default: 30_101, doc: 'Another' }),
    image: value.string({ default: 'app:1', doc: 'An image' }),
    max: value.integer({ default: 3, doc: 'At most' }),
    there: value.boolean({ default: true, doc: 'Whether the second one is there' }),
  });
  const shop = new HelmChart(new App({ outdir: 'unused' }), 'shop', { description: 'test', values });
  new SecureService(shop, 'api', {
    ...REQUIRED,
    image: values.image,
    nodePort: { port: values.port },
    autoscaling: { maxReplicas: values.max },
  });
  when(
    values.there,
    () =>
      new SecureService(shop, 'web', {
        ...REQUIRED,
        image: text`example.com/${values.image}`,
        nodePort: { port: values.other },
      }),
  );
  const refusal = (given: object): string => {
    try {
      Testing.synth(shop, { values: given as JsonObject });
      return 'accepted';
    } catch (error) {
      if (error instanceof DrydockError) return error.expected;
      throw error;
    }
  };

  test.each([
    [{}, 'accepted'],
    [{ port: 29_999 }, 'NODE_PORT_RANGE at shop/api nodePort.port'],
    [{ port: 30_101 }, 'NODE_PORT_TAKEN at shop/web nodePort.port'],
    [{ port: 30_101, there: false }, 'accepted'],
    [{ other: 1, there: false }, 'accepted'],
    [{ image: 'app' }, 'IMAGE_UNPINNED at shop/api image'],
    [{ max: 1 }, 'SCALING_RANGE at shop/api autoscaling.maxReplicas'],
  ])('%j: %s', (given, expected) => {
    expect(refusal(given)).toContain(expected);
  });
});
