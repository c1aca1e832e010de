import { type PropShape, prop } from '.';

/** Each shape with texts that it takes and texts that it refuses. */
const texts: Readonly<Record<string, [() => PropShape, readonly string[], readonly string[]]>> = {
  dnsLabel: [
    () => prop.dnsLabel(),
    ['a', '1-a', 'a'.repeat(63)],
    ['', 'A', '-a', 'a.b', 'a\n', 'a'.repeat(64)],
  ],
  objectName: [() => prop.objectName(), ['a.b', 'a'.repeat(253)], ['a..b', '.a', 'a_b', 'a'.repeat(254)]],
  serviceName: [() => prop.serviceName(), ['a1'], ['1a', 'a.b', 'a-']],
  portName: [() => prop.portName(), ['http', 'a-1', '0a'], ['much-too-long-name', '80', 'a--b', 'A', '-a']],
  host: [
    () => prop.host(),
    ['shop.example.com', 'localhost', 'xn--bcher-kva.example'],
    [
      'https://shop.example.com',
      'Shop.example.com',
      'bücher.example',
      'a:80',
      'a/b',
      '*.a',
      '10.0.0.1',
      'a..b',
    ],
  ],
  wildcard: [
    () => prop.host({ wildcard: true }),
    ['*.example.com', 'a.b'],
    ['*', 'a.*.b', '*example.com', '*.*.a'],
  ],
  labelKey: [
    () => prop.labelKey(),
    ['team', 'example.com/team', 'A_b.c'],
    ['', 'a/b/c', '/a', 'a/', 'A.com/a', 'ä', `a/${'x'.repeat(64)}`],
  ],
  labelValue: [() => prop.labelValue(), ['', 'a', 'A_b.c-1'], ['x'.repeat(64), '-a', 'a b', 'a\n']],
  dataKey: [() => prop.dataKey(), ['tls.crt', 'A_b-c', '.hidden'], ['', '.', '..', '..a', 'a/b', 'a b']],
  envName: [() => prop.envName(), ['A', '_a', 'a.b'], ['1A', '', 'A=B', 'a b', '..']],
  absolutePath: [() => prop.absolutePath(), ['/', '/data', '/a b'], ['data', '', '/a:b', '/a/../b', '/a\0']],
  urlPath: [() => prop.urlPath(), ['/', '/api/v1', '/a%20b'], ['x', '', '/a b', '/a//b', '/a/../b', '/ä']],
  duration: [() => prop.duration(), ['30s', '1h30m'], ['', '30', 's', '1m1h', '-1s']],
  cidr: [
    () => prop.cidr(),
    ['10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::/0', '10.0.0.1/32'],
    ['10.0.0.0', '10.0.0.0/99', '10.0.0.0/08', '10.0/8', 'a/8', 'fe80::1%eth0/64', '::/129', '10.0.0.0/8/8'],
  ],
  cpu: [
    () => prop.cpu(),
    ['250m', '0.5', '2', '1.250', '.5', '64'],
    ['0', '0m', '0.0', '-1', '100 m', '0.0001', '1u', 'x', '', '1Gi '],
  ],
  bytes: [
    () => prop.bytes(),
    ['512Mi', '1G', '1e9', '1.5Gi', '1024'],
    ['0', '0Mi', '10 GB', '10GB', '128m', '-1', '1e99', '', 'x'],
  ],
  image: [
    () => prop.image(),
    [
      'app:1',
      'example.com/app:1.2.3',
      'localhost:5000/app:1',
      `app@sha256:${'0'.repeat(64)}`,
      `app:latest@sha256:${'0'.repeat(64)}`,
      'registry.k8s.io/e2e-test-images/agnhost:2.53',
    ],
    [
      'app',
      'app:latest',
      'example.com/a:latest',
      'localhost:5000/app',
      'https://a/b:1',
      'a b:1',
      'App:1',
      'a:',
      'a@sha256:0',
      ':1',
      '',
      `a:${'x'.repeat(129)}`,
    ],
  ],
  unpinned: [
    () => prop.image({ unpinned: true }),
    ['app', 'app:latest', 'localhost:5000/app'],
    ['', 'a b', 'App'],
  ],
};

describe.each(Object.entries(texts))('%s', (_, [shapeOf, right, wrong]) => {
  test.each(right)('takes %j', (given) => {
    expect(shapeOf().requirements(given, 'prop')).toEqual([]);
  });
  test.each(wrong)('refuses %j', (given) => {
    const [refusal] = shapeOf().requirements(given, 'prop');
    expect(refusal).toMatchObject({
      prop: 'prop',
      holds: false,
      expected: expect.stringMatching(/^.{10}/),
      remedy: expect.stringMatching(/^[A-Z].{8,}\.$/),
    });
  });
});
