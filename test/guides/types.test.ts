import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { around, type Block, blocks, repository, wholeOf } from './blocks';
import { complaintsAbout, DOORS } from './compile';

const wrong: Block = {
  name: 'a wrong one',
  text: "import { App } from 'cdk8s-drydock';\nnew App({ outdri: 'x' });\n",
};
let complaints: Map<string, string[]>;
beforeAll(() => {
  complaints = complaintsAbout(new Map([...blocks(), wrong].map((block) => [block.name, wholeOf(block)])));
}, 240_000);

test('every piece of README and the guides is known here, and nothing else is', () => {
  expect(blocks().map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(around)));
  expect(Object.keys(around)).toEqual(expect.arrayContaining(blocks().map(({ name }) => name)));
});

test.each(blocks().map(({ name }) => name))('%s compiles as a program of a consumer', (name) => {
  expect(complaints.get(name)).toEqual([]);
});

test('a piece that is wrong would be seen', () => {
  expect(complaints.get(wrong.name)).toEqual([expect.stringContaining("'outdri' does not exist")]);
});

test('the doors are those of package.json', () => {
  const { exports, name } = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
  const doors = Object.keys(exports).filter((door) => door !== './package.json');
  expect(Object.keys(DOORS)).toEqual(doors.map((door) => door.replace(/^\./, name)));
  for (const file of Object.values(DOORS)) expect(existsSync(path.join(repository, file))).toBe(true);
});
