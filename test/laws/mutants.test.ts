import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mutants } from './mutants';

test('there are at least 40 planted faults, each in another place or of another kind', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(40);
  expect(new Set(mutants.map(({ file, from, to }) => `${file} ${from} ${to}`)).size).toBe(mutants.length);
});

test('each of them changes exactly one place of the source as it is', () => {
  const places = mutants.map(({ title, file, from }) => {
    const source = readFileSync(path.join(__dirname, '../..', file), 'utf8');
    return `${title}: ${source.split(from).length - 1}`;
  });
  expect(places).toEqual(mutants.map(({ title }) => `${title}: 1`));
});
