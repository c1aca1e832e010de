import {
  ApiObject,
  Chart,
  type IResolver,
  JsonPatch,
  Lazy,
  type ResolutionContext,
  App as StockApp,
} from 'cdk8s';
import { App } from '../synth';

class Loud implements IResolver {
  resolve(context: ResolutionContext): void {
    if (context.value === 'loud') context.replaceValue('LOUD');
  }
}

class Token {
  constructor(private readonly value: unknown) {}
  resolve(): unknown {
    return this.value;
  }
}

/** As `cdk8s import` prints a type that is a number or a text. */
class Union {
  constructor(readonly value: string | number) {}
}

function object(app: StockApp, value: unknown): ApiObject {
  const chart = new Chart(app, 'chart');
  return new ApiObject(chart, 'object', {
    apiVersion: 'v1',
    kind: 'Any',
    metadata: { name: 'any', labels: { a: Lazy.any({ produce: () => 'lazy label' }) as unknown as string } },
    spec: { value, beside: ['kept'] },
  });
}

const specOf = (app: StockApp, value: unknown) => object(app, value).toJson().spec.value;

const VALUES: readonly [string, () => unknown][] = [
  ['plain values', () => ({ a: 1, b: [true, 'x', null], c: undefined })],
  ['a lazy value', () => Lazy.any({ produce: () => ({ made: 'late' }) })],
  ['a lazy value inside a lazy one', () => Lazy.any({ produce: () => [Lazy.any({ produce: () => 1 })] })],
  ['a token', () => [new Token('x'), new Token({ inner: new Token(2) }), new Token(undefined)]],
  ['a union', () => ({ port: new Union(80), name: new Union('http') })],
  ['nothing', () => null],
  ['a date', () => new Date(0)],
];

function outcome(make: () => unknown): unknown {
  try {
    return { value: make() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

test.each(VALUES)('%s come out as from stock cdk8s', (_, value) => {
  const stock = outcome(() => specOf(new StockApp(), value()));
  expect(outcome(() => specOf(new App(), value()))).toEqual(stock);
  // The same with every value asked one by one.
  expect(outcome(() => specOf(new App({ resolvers: [new Loud()] }), value()))).toEqual(stock);
});

test('metadata is resolved too', () => {
  expect(object(new App(), 1).toJson().metadata).toEqual({ labels: { a: 'lazy label' }, name: 'any' });
});

test('what a resolver of the program says counts, also of one that comes later', () => {
  expect(specOf(new App({ resolvers: [new Loud()] }), ['loud'])).toEqual(['LOUD']);
  const app = new App();
  app.resolvers.push(new Loud());
  expect(specOf(app, ['loud'])).toEqual(['LOUD']);
  expect(specOf(new App(), ['loud'])).toEqual(['loud']);
});

test('what goes through unchanged is not the object of the program: a patch leaves that alone', () => {
  const value = { inner: { list: [1] } };
  const patched = object(new App(), value);
  patched.addJsonPatch(JsonPatch.add('/spec/value/inner/list/-', 2));
  expect(patched.toJson().spec.value).toEqual({ inner: { list: [1, 2] } });
  expect(value).toEqual({ inner: { list: [1] } });
});
