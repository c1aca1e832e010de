import type { Right } from './cluster-api';
import { REMEMBERED_MS, rememberingRights } from './remembered-rights';

const right: Right = { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' };

/** A server that is asked, and a clock that is set by hand. */
function asking(answers: () => Promise<boolean>) {
  const asked: string[] = [];
  let ms = 0;
  const may = rememberingRights(
    ({ verb, resource, namespace }) => {
      asked.push(`${verb} ${resource} ${namespace}`);
      return answers();
    },
    () => ms,
  );
  return { may, asked, after: (more: number) => (ms += more) };
}

test('a thousand releases of a namespace ask for a right once, also at the same time', async () => {
  const { may, asked } = asking(async () => true);
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => may({ ...right })));
  expect(new Set(answers)).toEqual(new Set([true]));
  expect(asked).toEqual(['patch deployments shop']);
});

test.each([
  ['verb', { verb: 'delete' }],
  ['group', { group: 'extensions' }],
  ['resource', { resource: 'statefulsets' }],
  ['namespace', { namespace: 'other' }],
])('a right of another %s is another one', async (_what, other) => {
  const { may, asked } = asking(async () => true);
  await may(right);
  await may({ ...right, ...other });
  expect(asked).toHaveLength(2);
});

test('a right that was there is asked for again after a while, so that one that was taken away is missed', async () => {
  let isAllowed = true;
  const { may, after, asked } = asking(async () => isAllowed);
  expect(await may(right)).toBe(true);
  isAllowed = false;
  after(REMEMBERED_MS - 1);
  expect(await may(right)).toBe(true);
  after(1);
  expect(await may(right)).toBe(false);
  expect(asked).toHaveLength(2);
});

test('a right that is missing is asked for each time, so that it is there as soon as it is given', async () => {
  let isAllowed = false;
  const { may } = asking(async () => isAllowed);
  expect(await may(right)).toBe(false);
  isAllowed = true;
  expect(await may(right)).toBe(true);
});

test('a question without an answer is none for who asks later', async () => {
  let isThere = false;
  const { may } = asking(async () => {
    if (!isThere) throw new Error('away');
    return true;
  });
  await expect(may(right)).rejects.toThrow('away');
  isThere = true;
  expect(await may(right)).toBe(true);
});
