import fc from 'fast-check';
import { GrowingBytes, PIECE_BYTES } from './growing-bytes';

test('bytes that are added are behind those that were there, as long as there is room', () => {
  const piece = fc.tuple(fc.nat(20_000), fc.nat(255)).map(([length, byte]) => Buffer.alloc(length, byte));
  fc.assert(
    fc.property(piece, fc.array(piece, { maxLength: 8 }), (first, more) => {
      const growing = new GrowingBytes(first);
      let all = first;
      for (const bytes of more) {
        const fits = all.length + bytes.length <= PIECE_BYTES;
        expect(growing.add(bytes)).toBe(fits);
        if (fits) all = Buffer.concat([all, bytes]);
        expect(growing.length).toBe(all.length);
        expect(growing.bytes.equals(all)).toBe(true);
      }
    }),
  );
});

test('a piece is full at its last byte, and keeps bytes of its own', () => {
  const given = Buffer.from('ab');
  const growing = new GrowingBytes(given);
  given.fill('x');
  expect(String(growing.bytes)).toBe('ab');
  expect(growing.add(Buffer.alloc(PIECE_BYTES - 2, 'c'))).toBe(true);
  expect([growing.length, growing.add(Buffer.of(1))]).toEqual([PIECE_BYTES, false]);
  expect(growing.bytes.length).toBe(PIECE_BYTES);
});
