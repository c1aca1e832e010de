import { longestFiles, measured, timeTable } from './phases';

test('a phase is measured with what the processors did meanwhile', async () => {
  const { result, phase } = await measured('counting', async () => {
    const until = Date.now() + 300;
    let count = 0;
    while (Date.now() < until) count += 1;
    return count;
  });
  expect(result).toBeGreaterThan(0);
  expect(phase).toMatchObject({ name: 'counting' });
  expect(phase.seconds).toBeGreaterThanOrEqual(0.29);
  expect(phase.processorSeconds).toBeGreaterThan(0);
});

test('a table says of each phase how long it took and how busy the processors were', () => {
  const phases = [
    { name: 'types', seconds: 17.32, processorSeconds: 24.2 },
    { name: 'real tests', seconds: 2000, processorSeconds: 2200 },
    { name: 'nothing', seconds: 0, processorSeconds: 0 },
  ];
  expect(timeTable(phases, 2).map((line) => line.split(/ {2,}/))).toEqual([
    ['phase', 'seconds', 'processor', 'of 2 cores'],
    ['types', '17.3', '24.2', '70 %'],
    ['real tests', '2000.0', '2200.0', '55 %'],
    ['nothing', '0.0', '0.0', '0 %'],
  ]);
});

test('the longest files are told first, and no more than asked for', () => {
  const files = ['a', 'b', 'c'].map((name, index) => ({ name, seconds: index === 1 ? 130.04 : index }));
  expect(longestFiles(files, 2)).toEqual(['  130.0 s  b', '    2.0 s  c']);
});
