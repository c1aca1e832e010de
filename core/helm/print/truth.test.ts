import fc from 'fast-check';
import { and, choice, given, or, type Truth } from './truth';

/** A condition of Go's templates over `.a` to `.d`, in JavaScript. */
function holds(cond: Truth, facts: Readonly<Record<string, boolean>>): boolean {
  if (typeof cond === 'boolean') return cond;
  const said = cond
    .replaceAll(/\(ternary/g, '(t')
    .replaceAll(/\(hasKey \.Values "\(not \\"(\w)"\)/g, '.$1')
    .replaceAll(/\.(\w)/g, 'v.$1');
  const tokens = said.match(/[()]|[^\s()]+/g) ?? [];
  const read = (): boolean => {
    const token = tokens.shift() as string;
    if (token !== '(') return facts[token.slice(2)] === true;
    const name = tokens.shift();
    const args: boolean[] = [];
    while (tokens[0] !== ')') args.push(read());
    tokens.shift();
    if (name === 'not') return !args[0];
    if (name === 'and') return args.every(Boolean);
    if (name === 'or') return args.some(Boolean);
    return (args[2] ? args[0] : args[1]) === true;
  };
  return read();
}

const leaf = fc.constantFrom('.a', '.b', '.c', '(hasKey .Values "(not \\"d")');
const { cond } = fc.letrec<{ cond: string }>((tie) => ({
  cond: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('cond').map((one) => `(not ${one})`),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('cond'), { minLength: 1, maxLength: 3 }))
      .map(([name, args]) => `(${name} ${args.join(' ')})`),
    fc.tuple(tie('cond'), tie('cond'), tie('cond')).map(([a, b, c]) => `(ternary ${a} ${b} ${c})`),
  ),
}));
const truth: fc.Arbitrary<Truth> = fc.oneof({ weight: 5, arbitrary: cond }, fc.boolean());
const every = Array.from({ length: 16 }, (_, bits) =>
  Object.fromEntries(['a', 'b', 'c', 'd'].map((name, at) => [name, (bits & (1 << at)) !== 0])),
);
const options = { numRuns: 500, seed: process.env.CI ? 5 : undefined };

test('and, or and a choice mean what they are called, for all facts', () => {
  fc.assert(
    fc.property(cond, truth, truth, (a, b, c) => {
      for (const facts of every) {
        const [x, y, z] = [holds(a, facts), holds(b, facts), holds(c, facts)];
        const wanted = [x && y, x || y, x ? y : z].join();
        const found = [and(a, b), or(a, b), choice(a, b, c)].map((one) => holds(one, facts)).join();
        if (found !== wanted) throw new Error(`${found}, not ${wanted}`);
      }
    }),
    options,
  );
});

test('what is left of a condition means the same wherever the known ones hold', () => {
  fc.assert(
    fc.property(truth, fc.array(cond, { maxLength: 3 }), (asked, known) => {
      const left = given(asked, new Set(known));
      for (const facts of every)
        if (known.every((one) => holds(one, facts)) && holds(left, facts) !== holds(asked, facts))
          throw new Error(`${asked} became ${left}`);
    }),
    options,
  );
});

test.each([
  ['or x (and (not x) y)', or('.x', '(and (not .x) .y)'), '(or .x .y)'],
  ['or (not x) (and x y)', or('(not .x)', '(and .x .y)'), '(or (not .x) .y)'],
  ['and x (or (not x) y)', and('.x', '(or (not .x) .y)'), '(and .x .y)'],
  ['and x x', and('.x', '.x'), '.x'],
  ['or x (and x y)', given('(or .x (and .x .y))', new Set(['(not .x)'])), false],
  ['a text with parentheses', and('(eq .x ") (and .y")', '(eq .x ") (and .y")'), '(eq .x ") (and .y")'],
])('%s is said in the shortest way', (_, said, shortest) => {
  expect(said).toBe(shortest);
});
