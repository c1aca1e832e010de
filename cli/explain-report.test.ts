import type { ExplainedRelease } from '../core/synth';
import { explainInWords } from './explain-report';

const release: ExplainedRelease = {
  chart: 'shop',
  values: [
    { path: 'web.replicas', kind: 'integer', doc: 'Pods', default: 2 },
    { path: 'web.image.tag', kind: 'string', doc: 'Tag' },
    { path: 'spare.enabled', kind: 'boolean', doc: 'Whether it is installed', default: false },
    { path: 'unused', kind: 'string', doc: 'Nothing' },
  ],
  targets: [
    { name: 'Chart/shop', place: 'shop', chart: 'shop' },
    { name: 'Deployment/shop-web', place: 'shop/web/api', chart: 'shop.web' },
    { name: 'Chart/shop.spare', place: 'shop/spare', chart: 'shop.spare' },
    { name: 'Service/shop-spare', place: 'shop/spare/service', chart: 'shop.spare' },
  ],
  reaches: [
    { value: 'web.replicas', target: 'Deployment/shop-web', field: 'spec.replicas' },
    { value: 'web.replicas', target: 'Chart/shop', field: 'is checked: few' },
    { value: 'web.image.tag', target: 'Deployment/shop-web', field: 'spec.image' },
    { value: 'web.image.tag', target: 'Deployment/shop-web', field: 'metadata.annotations.tag' },
    { value: 'spare.enabled', target: 'Chart/shop.spare', field: 'whether it is installed' },
  ],
};

test('an overview counts what each value reaches', () => {
  expect(explainInWords([release], [])).toBe(`Chart shop
  web.replicas   2 places  in 1 object   Pods
  web.image.tag  2 places  in 1 object   Tag
  spare.enabled  1 place   in 0 objects  Whether it is installed
  unused         0 places  in 0 objects  Nothing
`);
});

test('a value says every place, a group each of its values', () => {
  expect(explainInWords([release], ['web'])).toBe(`web.replicas: integer, default 2. Pods (chart shop)
  Deployment/shop-web  spec.replicas
  Chart/shop           is checked: few

web.image.tag: string, no default. Tag (chart shop)
  Deployment/shop-web  spec.image
  Deployment/shop-web  metadata.annotations.tag
`);
  expect(explainInWords([release], ['unused'])).toContain('reaches nothing');
  expect(explainInWords([release], ['unused', 'unused'])).toBe(
    `${explainInWords([release], ['unused'])}\n${explainInWords([release], ['unused'])}`,
  );
});

test('an object that takes a whole group is reached by each value of it, and by no other', () => {
  const whole = { value: 'web', target: 'Deployment/shop-web', field: 'spec.all' };
  const explained = { ...release, reaches: [whole] };
  expect(explainInWords([explained], ['web.replicas'])).toContain('  Deployment/shop-web  spec.all\n');
  expect(explainInWords([explained], ['spare.enabled'])).toContain('  reaches nothing\n');
});

test('an object that no value reaches says so', () => {
  expect(explainInWords([{ ...release, reaches: [] }], ['Deployment/shop-web'])).toBe(
    'Deployment/shop-web (shop/web/api, chart shop.web)\n  no value reaches it\n',
  );
});

test('an object says its values, those that decide over its chart among them', () => {
  expect(
    explainInWords([release], ['deployment/shop-web']),
  ).toBe(`Deployment/shop-web (shop/web/api, chart shop.web)
  web.replicas   spec.replicas
  web.image.tag  spec.image, metadata.annotations.tag
`);
  const spare = `Service/shop-spare (shop/spare/service, chart shop.spare)
  spare.enabled  whether it is installed
`;
  expect(explainInWords([release], ['Service/shop-spare'])).toBe(spare);
  expect(explainInWords([release], ['Service/shop/spare/service'])).toBe(spare);
});

test('what is not there is an error that names the nearest', () => {
  expect(() => explainInWords([release], ['web.replica'])).toThrow(
    'no value web.replica, did you mean web.replicas?',
  );
  expect(() => explainInWords([release], ['Deployment/shop-wep'])).toThrow(
    'did you mean Deployment/shop-web?',
  );
});
