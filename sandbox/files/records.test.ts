import { record } from '../supervisor/testing-only/hostile-peer';
import { refusal } from '../testing-only/scripted-runtime';
import type { FileOperation } from './file-operation';
import { RecordReader, RecordWriter } from './records';

const KIB = 1 << 10;
const place = { what: 'download x', sandboxId: 'box-1' };

/** An operation that gives these pieces, and then no more. */
function reading(...pieces: readonly Buffer[]): RecordReader {
  const left = [...pieces];
  return new RecordReader({ place, next: async () => left.shift() } as unknown as FileOperation);
}

/** An operation that keeps what it is given, send by send. */
function writing(): { readonly writer: RecordWriter; readonly sends: Buffer[] } {
  const sends: Buffer[] = [];
  const send = async (bytes: Uint8Array) => void sends.push(Buffer.from(bytes));
  return { writer: new RecordWriter({ place, send } as unknown as FileOperation), sends };
}

test('headers and bytes are read in their order, however they are cut', async () => {
  const all = Buffer.concat([record({ path: 'a', kind: 'file', size: 5 }, 'bytes'), record({ kind: 'end' })]);
  for (let cut = 1; cut < all.length; cut += 1) {
    const reader = reading(all.subarray(0, cut), all.subarray(cut));
    expect(await reader.header()).toMatchObject({ path: 'a', kind: 'file', size: 5 });
    expect(String(await reader.exactly(5))).toBe('bytes');
    expect(await reader.header()).toMatchObject({ kind: 'end' });
    expect(await reader.header()).toBeUndefined();
  }
});

test('no more is given than was asked for, and fewer bytes than that are none', async () => {
  const reader = reading(Buffer.from('abcdef'), Buffer.from('g'));
  expect(String(await reader.some(2))).toBe('ab');
  expect(String(await reader.some(100))).toBe('cdef');
  expect(await reader.exactly(2)).toBeUndefined();
  expect(await reader.some(1)).toBeUndefined();
});

test('a header of 64 KiB is read, and a longer one is refused before it is', async () => {
  const path = (bytes: number) => 'x'.repeat(bytes - JSON.stringify({ path: '', kind: 'file' }).length);
  const whole = record({ path: path(64 * KIB), kind: 'file' });
  expect(whole.readUInt32BE()).toBe(64 * KIB);
  expect((await reading(whole).header())?.path).toBe(path(64 * KIB));
  const error = await refusal(reading(record({ path: path(64 * KIB + 1), kind: 'file' })).header());
  expect(error).toMatchObject({
    code: 'FileMismatch',
    where: 'download x in sandbox box-1',
    found: 'a header of 65537 bytes',
    expected: 'records of a folder',
  });
});

test('small records leave together, and a large piece by itself and in its place', async () => {
  const { writer, sends } = writing();
  await writer.header({ a: 1 });
  await writer.bytes(Buffer.from('small'));
  expect(sends).toEqual([]);
  const large = Buffer.alloc(64 * KIB + 1, 'x');
  await writer.bytes(large);
  await writer.bytes(Buffer.from('rest'));
  await writer.flush();
  await writer.flush();
  expect(sends).toEqual([
    Buffer.concat([record({ a: 1 }), Buffer.from('small')]),
    large,
    Buffer.from('rest'),
  ]);
});

test('as much waits as a batch holds, and the next piece makes it leave', async () => {
  const { writer, sends } = writing();
  await writer.bytes(Buffer.alloc(64 * KIB - 1, 'a'));
  await writer.bytes(Buffer.from('b'));
  expect(sends).toEqual([]);
  await writer.bytes(Buffer.from('c'));
  expect(sends.map(({ length }) => length)).toEqual([64 * KIB]);
  await writer.flush();
  expect(String(sends[1])).toBe('c');
});

test('bytes that were written may be used again at once', async () => {
  const { writer, sends } = writing();
  const bytes = Buffer.from('ours');
  await writer.bytes(bytes);
  bytes.fill('x');
  await writer.flush();
  expect(String(sends[0])).toBe('ours');
});
