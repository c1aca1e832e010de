import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Handover, handOver, readHandovers } from './handover';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drydock-handover-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const handover = (name: string): Handover => ({
  manifests: { folder: `/out/${name}`, folders: ['.', 'empty'], files: new Map([['a.yaml', 'a: é\n']]) },
  beside: [
    { folder: '/out/charts', folders: [], files: new Map([['a-1.0.0.tgz', Buffer.from([0, 255, 128, 10])]]) },
    { folder: '/out/secrets', folders: [], files: new Map() },
  ],
  charts: [{ name, needs: [{ value: 'login.existingSecret', secret: 'a-login' }] }],
});

test('what Apps hand over arrives byte for byte, in the order in which they did', () => {
  // More than ten, which as texts have another order than as numbers.
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`);
  for (const name of names) handOver({ folder, output: 'dist' }, handover(name));
  expect(readdirSync(folder)).toHaveLength(12);
  expect(readHandovers(folder)).toEqual(names.map(handover));
});

test('a folder is where it is for the program, and one without a list of folders has none', () => {
  const manifests = { folder: 'dist/manifests', files: new Map() };
  handOver({ folder, output: 'dist' }, { manifests, beside: [], charts: [] });
  expect(readHandovers(folder)).toEqual([
    {
      manifests: { ...manifests, folder: path.resolve('dist/manifests'), folders: [] },
      beside: [],
      charts: [],
    },
  ]);
});

test('where no App handed anything over there is nothing', () => {
  expect(readHandovers(folder)).toEqual([]);
});
