import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { numberMarker, showsStandIn, textMarker } from './marker';
import { Node } from './nodes';
import { PLAIN_STRING, SAFE_INTEGER } from './shape';
import { treeOf } from './tree-of';

function valueNode(shape = PLAIN_STRING): Node {
  return new Node({ op: 'builtin', name: 'Release.Name' }, shape);
}

const issued = Array.from({ length: 300 }, () => textMarker(valueNode()));
const number = numberMarker(valueNode(SAFE_INTEGER));
const seed = process.env.CI ? 3 : undefined;

test('base64 of any size is text: no piece of a stand-in comes about by chance', () => {
  for (let round = 0; round < 60; round += 1) {
    // The same texts each time: chance would meet eight right characters in one of some thousand runs.
    const text = createHash('shake256', { outputLength: 150_000 }).update(`${round}`).digest('base64');
    expect(treeOf(text)).toBe(text);
  }
});

test('text that looks like a stand-in and was never handed out is text', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'89abcdef'), minLength: 4, maxLength: 10 });
  const lookalike = fc.oneof(
    fc.constantFrom('z7qx', 'xq7z', 'Z7QX', 'z7qx ', 'xz7qxx', '7391', 'z7q', 'q7z'),
    hex.map((digits) => `z7qx${digits}`),
    fc.constantFrom('z7qxffffff0000xq7 z', '739199999900000', '1739100000000000'),
    fc.string({ maxLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(lookalike, { maxLength: 6 }), (parts) => {
      const text = parts.join('-');
      expect(treeOf(text)).toBe(text);
      expect(showsStandIn(text)).toBe(false);
    }),
    { numRuns: 2_000, seed },
  );
});

test('a number that was never handed out is a number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 739_101_000_000_000, max: 739_199_999_999_999 }), (chance) => {
      expect(treeOf(chance)).toBe(chance);
    }),
    { seed },
  );
  expect(treeOf(number)).toBeInstanceOf(Node);
});

const any = fc.string({ unit: fc.constantFrom(...'ab-/.: 09Z'), maxLength: 20 });

test('a stand-in that was handed out is found in any text, also in capitals', () => {
  fc.assert(
    fc.property(fc.constantFrom(...issued), any, any, fc.boolean(), (marker, before, after, capitals) => {
      const tree = treeOf(`${before}${capitals ? marker.toUpperCase() : marker}${after}`);
      expect(tree).toBeInstanceOf(Node);
    }),
    { seed },
  );
});

test('eight characters of a stand-in are refused anywhere, five where the text begins or ends with them', () => {
  const pieces = fc.constantFrom(...issued).chain((marker) => {
    const long = fc.integer({ min: 8, max: marker.length - 1 });
    const short = fc.integer({ min: 5, max: 7 });
    // What was cut off is not what is beside the cut: the first letter would make a whole stand-in of it again.
    return fc.oneof(
      fc.tuple(long, any, any).map(([length, a, b]) => `${a}${marker.slice(0, length)}-${b}`),
      fc.tuple(long, any, any).map(([length, a, b]) => `${a}-${marker.slice(-length)}${b}`),
      fc.tuple(short, any).map(([length, a]) => `${a}${marker.slice(0, length)}`),
      fc.tuple(short, any).map(([length, b]) => `${marker.slice(-length)}${b}`),
    );
  });
  fc.assert(
    fc.property(pieces, (text) => {
      expect(() => treeOf(text)).toThrow(expect.objectContaining({ code: 'VALUE_CHANGED' }));
    }),
    { seed },
  );
});

test('a stand-in that was cut and is whole again by the text around it is one', () => {
  const [marker = ''] = issued;
  expect(marker).toMatch(/^z/);
  expect(treeOf(`a Z${marker.slice(1)}`)).toEqual(treeOf(`a ${marker}`));
  expect(() => treeOf(`a Y${marker.slice(1)}`)).toThrow(expect.objectContaining({ code: 'VALUE_CHANGED' }));
});

test('an error about a damaged stand-in shows the piece and not the text around it', () => {
  const text = `password hunter2 ${issued[0]?.slice(0, 12)} and more`;
  const refused = () => treeOf(text, 'chart/object');
  expect(refused).toThrow(/"z7qx000000" at character 17/);
  expect(refused).not.toThrow(/hunter2/);
});
