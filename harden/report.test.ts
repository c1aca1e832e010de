import { HardenReport } from './report';

test('a report tells what was done and what is open, object by object', () => {
  const web = { construct: 'shop/web', object: 'Deployment/web' };
  const job = { construct: 'shop/job', object: 'Job/a', namespace: 'ops' };
  const report = new HardenReport(
    [
      { ...web, rule: 'non-root', field: 'spec.a', from: false, to: true },
      { ...job, rule: 'token', field: 'spec.b', to: { c: 1 } },
      { ...web, rule: 'capabilities', field: 'spec.d', from: ['X'] },
      { ...web, rule: 'network', field: '', to: { for: 'Deployment/web' } },
    ],
    [
      { ...job, rule: 'probes', field: 'spec.e', why: 'Why.', fix: 'Fix.' },
      { ...web, rule: 'egress', field: 'spec.f', why: 'It calls.', fix: 'Say whom.' },
    ],
    [],
  );
  expect(report.text).toBe(
    [
      'Deployment/web (shop/web)',
      '  set spec.a: false -> true [non-root]',
      '  set spec.d: ["X"] -> nothing [capabilities]',
      '  added [network]',
      '  open spec.f [egress]',
      '    It calls.',
      '    Say whom.',
      '',
      'Job/a in ops (shop/job)',
      '  set spec.b: nothing -> {"c":1} [token]',
      '  open spec.e [probes]',
      '    Why.',
      '    Fix.',
      '',
    ].join('\n'),
  );
});
