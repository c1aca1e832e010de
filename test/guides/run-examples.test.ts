import { transformSync } from '@swc/core';
import { Testing } from '../../core/synth';
import { HelmChart } from '../../core/tree';
import * as door from '../../index';
import { Doors } from '../../scripts/documented';
import { LIMITS, SANDBOX } from '../support/valid-sandbox';

/** The examples of constructs in the reference are programs: each is run, and what it makes is synthesized. */

const classes = new Doors(['constructs/index.ts'])
  .documentedIn('constructs/index.ts')
  .filter(({ kind }) => kind === 'class');
const examples = classes.flatMap(({ name, examples: texts }) =>
  texts.map((text, at) => [`${name} ${at + 1}`, text] as const),
);

/** What an example finds, as `examples.ts` declares it: `shop` has the values that the example declares before. */
function surroundings() {
  const app = Testing.app();
  const limits = { ...LIMITS, images: ['busybox:1', 'registry.example.com/*'] };
  let values: door.DeclaredValues = door.defineValues({});
  let shop: HelmChart | undefined;
  const defineValues = (given: door.Declarations) => {
    values = door.defineValues(given) as never;
    return values;
  };
  return {
    ...door,
    defineValues,
    app,
    sandbox: door.defineSandbox({ install: door.defineValues({}), ...SANDBOX, limits } as never),
    get shop() {
      shop ??= new HelmChart(app, 'shop', { description: 'A shop', values: values as never });
      return shop;
    },
  };
}

/** The objects of the chart that the example adds to. */
function objectsOf(example: string): readonly unknown[] {
  const { code } = transformSync(example, {
    isModule: true,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs', strictMode: false },
  });
  const given = surroundings();
  new Function('require', 'exports', 'given', `with (given) { ${code} }`)(require, {}, given);
  return Testing.synth(given.shop);
}

test.each(examples)('%s', (_, example) => {
  expect(objectsOf(example)).toEqual(expect.any(Array));
});

test('one that is wrong would be seen', () => {
  expect(examples.length).toBeGreaterThan(12);
  expect(() => objectsOf("new SecureService(shop, 'api', { image: 'a:1', port: 80 });")).toThrow(
    expect.objectContaining({ code: 'PROP_MISSING' }),
  );
});
