import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { secretToken } from '../../kube/testing-only/scripted-server';
import { codesOfProduct, repository } from './codes';
import { type Asserted, errorOf, on, PLANTED, type Provoked } from './example';
import { page, type Row, rowOf } from './page';
import { examples } from './registry';

jest.setTimeout(120_000);

const all = [...examples];
const provoked = all.filter((entry): entry is [string, Provoked] => 'provoke' in entry[1]);
const asserted = all.filter((entry): entry is [string, Asserted] => 'assertedBy' in entry[1]);
const rows: Row[] = [];

test('every code of the product has an example, and no example is of another code', () => {
  const codes = [...codesOfProduct().keys()];
  expect([...examples.keys()]).toEqual(codes);
  expect(codes.length).toBeGreaterThan(150);
});

test.each(provoked)('%s says the four facts, and no secret', async (code, example) => {
  const error = await errorOf(example);
  expect(error.code).toBe(code);
  const facts = [error.where, error.found, error.expected, error.remedy];
  for (const fact of facts) {
    expect(fact).toMatch(/\S/);
    expect(fact).not.toMatch(/\[object|\bNaN\b/);
  }
  const [where, found, expected] = facts;
  expect(error.message).toMatch(
    `${code} at ${where}${error.line ? ` (${error.line})` : ''}: found ${found}; expected ${expected?.replace(/\.$/, '')}. `,
  );
  expect(error.message.toLowerCase()).toContain(error.remedy.toLowerCase());
  for (const secret of [PLANTED, secretToken]) expect(error.message).not.toContain(secret);
});

test.each(asserted)(
  '%s, which needs a machine, is asserted by the test that the page names',
  (code, example) => {
    const file = path.join(repository, example.assertedBy);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`\\b${code}\\b`));
  },
);

test('the page is what the examples give: `npx tsx test/refusals/main.ts` writes it again', async () => {
  for (const [code, example] of all) rows.push(await rowOf(code, example));
  expect(readFileSync(path.join(repository, 'docs/evidence/refusals.md'), 'utf8')).toBe(page(rows));
});

test('an example that gives another code, or no error, is told', async () => {
  const given = on('a port', () => (examples.get('PORT_RANGE') as Provoked).provoke());
  await expect(rowOf('PORT_RANGE', given)).resolves.toMatchObject({ code: 'PORT_RANGE' });
  await expect(rowOf('PORT_TAKEN', given)).rejects.toThrow('gives PORT_RANGE, not PORT_TAKEN');
  const nothing = on('nothing', () => undefined);
  await expect(rowOf('PORT_TAKEN', nothing)).rejects.toThrow('"nothing" gives no error of ours');
});

test('what a message says breaks no table', () => {
  const told = page([{ code: 'A_B', what: 'x', message: 'a | b\nc <d>' }]);
  expect(told.trimEnd().split('\n').at(-1)).toBe('| `A_B` | x | a \\| b c &lt;d> |');
});
