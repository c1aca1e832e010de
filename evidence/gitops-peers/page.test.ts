import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofPeer, page, parts } from './page';
import { sources } from './sources';

const rows = parts.flatMap((part) => part.rows);
const cells = rows.flatMap(({ flux, argo, fleet, kluctl }) => [flux, argo, fleet, kluctl]);
const written = readFileSync(join(__dirname, '..', '..', 'docs', 'evidence', 'gitops-peers.md'), 'utf8');

test('the page is what the rows say, and what they name of ours is there', () => {
  expect(written).toBe(page());
});

test('a cell of another has its page where it says something, and no page where nothing was found', () => {
  for (const cell of cells) expect([cell, cell.at.length > 0]).toEqual([cell, cell.verdict !== 'not found']);
  expect(ofPeer({ verdict: 'yes', says: 'so', at: ['F1', 'A2'] })).toBe('**yes**: so [F1] [A2]');
});

test('each page that was read is used, and is of whom it is cited for', () => {
  const used = new Set(cells.flatMap((cell) => cell.at));
  expect([...used].sort()).toEqual(Object.keys(sources).sort());
  for (const row of rows)
    for (const [letter, { at }] of Object.entries({ F: row.flux, A: row.argo, L: row.fleet, K: row.kluctl }))
      expect([row.what, at.filter((mark) => !mark.startsWith(letter))]).toEqual([row.what, []]);
});

test('what we lack says why, and no cell breaks the table', () => {
  for (const { what, ours } of rows)
    if (ours.verdict === 'no') expect([what, ours.by[0]]).toEqual([what, expect.stringMatching(/^docs\//)]);
  const tables = written.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| | '));
  const widths = tables.map((line) => line.split(/(?<!\\)\|/).length - 2);
  expect([...new Set(widths)].sort()).toEqual([3, 6]);
});
