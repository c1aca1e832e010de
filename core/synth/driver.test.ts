import { asVariables, type DriverRequest, driverRequest } from './driver';

const whole: Required<DriverRequest> = {
  env: 'prod',
  chartsOutdir: 'dist/charts',
  recordsConstructs: true,
  valuesFile: 'values.json',
  handover: { folder: '/f', output: 'dist', named: 'there' },
  dumpFile: 'dump.json',
  explanationFile: 'explanation.json',
  literalsFile: 'literals.json',
};

test('what a command asks for arrives in the program', () => {
  expect(driverRequest(asVariables(whole))).toEqual(whole);
  expect(driverRequest(asVariables({ env: undefined, dumpFile: 'd' }))).toEqual({
    ...driverRequest({}),
    dumpFile: 'd',
  });
});

test('an empty environment, and empty variables, ask for nothing', () => {
  const empty = Object.fromEntries(Object.keys(asVariables(whole)).map((name) => [name, '']));
  for (const environment of [{}, empty])
    expect(driverRequest(environment)).toEqual({ recordsConstructs: false });
});
