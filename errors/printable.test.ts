import { Printable, printable } from './printable';

const bytes = (text: string) => new TextEncoder().encode(text);

test.each([
  ['plain text\n', 'plain text\n'],
  ['tab\tand ümläut 🚢\n', 'tab\tand ümläut 🚢\n'],
  ['\u001b[31mred\u001b[0m', '^[[31mred^[[0m'],
  ['\u001b]0;title\u0007', '^[]0;title^G'],
  ['\u001b[6n', '^[[6n'],
  ['secret\rharmless\n', 'secret\nharmless\n'],
  ['windows\r\n', 'windows\n'],
  ['back\b\b\b\bfront', 'back^H^H^H^Hfront'],
  ['\u009b31m', '<U+009B>31m'],
  ['gpj.\u202eexe', 'gpj.<U+202E>exe'],
  ['\u007f\u0000', '^?^@'],
])('%j is shown as %j', (written, shown) => {
  expect(printable(written)).toBe(shown);
  const stream = new Printable();
  const one = [...bytes(written)].map((byte) => stream.text(Uint8Array.of(byte))).join('') + stream.end();
  expect(one).toBe(shown);
});

test('bytes that are no text become replacement signs', () => {
  const stream = new Printable();
  expect(stream.text(Uint8Array.of(0xff, 0x41, 0xc3)) + stream.end()).toBe('\ufffdA\ufffd');
});
