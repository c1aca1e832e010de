import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EQUIVALENTS } from './equivalents';

const repository = join(__dirname, '../..');

test('each named equivalent is a line of the code as it is now', () => {
  const stale = EQUIVALENTS.filter(({ file, within, was }) => {
    const text = readFileSync(join(repository, file), 'utf8');
    return !text.split('\n').some((line) => line.trim() === within) || !text.includes(was);
  });
  expect(stale).toEqual([]);
});
