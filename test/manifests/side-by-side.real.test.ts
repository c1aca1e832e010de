import { readFileSync } from 'node:fs';
import { contendersOf } from '../../bench/backend/contenders';
import { QUESTIONS } from '../../bench/backend/questions';
import { SIDE_BY_SIDE, sideBySide } from '../../bench/backend/side-by-side';
import { SUBJECTS } from '../../bench/backend/subjects';
import { check } from '../../check';
import { tool } from '../../cluster/tools/tool';

jest.setTimeout(120_000);

test.each(SUBJECTS)(
  '$title: our program does all, leaves nothing open, and nothing is found',
  async (subject) => {
    const ours = contendersOf(subject, await tool('helm-4')).at(-1);
    const objects = ours?.objects ?? [];
    const unmet = [...subject.features, ...QUESTIONS].filter(([, holds]) => !holds(objects));
    expect(unmet.map(([title]) => title)).toEqual([]);
    expect(check(objects, { provided: subject.provided ?? [] })).toEqual([]);
  },
);

test('the page says what the programs come to now', async () => {
  expect(readFileSync(SIDE_BY_SIDE, 'utf8')).toBe(await sideBySide());
});
