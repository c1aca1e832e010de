import { complaintsAbout } from './compile';
import { type Exported, exportedNames, moduleOf } from './examples';

let exported: Exported[];
let complaints: Map<string, string[]>;
const WRONG = 'a wrong one';

beforeAll(() => {
  exported = exportedNames();
  const modules = exported.flatMap(({ door, name, examples }) =>
    examples.map(
      (example, at) =>
        [`${door.replace('/', ' ')} ${name} ${at + 1}`, moduleOf(example, door, exported)] as const,
    ),
  );
  const wrong = moduleOf("new HelmChart(app, 'x', { descripton: 'X' });", 'cdk8s-drydock', exported);
  complaints = complaintsAbout(new Map([...modules, [WRONG, wrong]]));
}, 240_000);

const labelOf = ({ door, name }: Exported) => `${door} ${name}`;

test('whatever can be called has an example in its doc comment', () => {
  const without = exported.filter(({ isValue, examples }) => isValue && examples.length === 0);
  expect(without.map(labelOf)).toEqual([]);
});

test('every type is one that something with an example takes or gives, or has an example itself', () => {
  const without = exported.filter(
    ({ isValue, isShownByValue, examples }) => !isValue && !isShownByValue && examples.length === 0,
  );
  expect(without.map(labelOf)).toEqual([]);
});

test('every example compiles as a program of a consumer', () => {
  const { [WRONG]: _, ...all } = Object.fromEntries(complaints);
  expect(Object.keys(all).length).toBeGreaterThan(70);
  expect(Object.entries(all).filter(([, said]) => said.length > 0)).toEqual([]);
});

test('an example that is wrong would be seen', () => {
  expect(complaints.get(WRONG)).toEqual([expect.stringContaining("'descripton' does not exist")]);
});
