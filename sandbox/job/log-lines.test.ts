import fc from 'fast-check';
import { LogLines } from './log-lines';

const text = (pieces: readonly Buffer[]) => Buffer.concat([...pieces]).toString();

test('takes the timestamps off', () => {
  const lines = new LogLines();
  expect(text(lines.read(Buffer.from('2026-11-21T06:00:00.1Z one\n2026-11-21T06:00:00.12Z two')))).toBe(
    'one\ntwo',
  );
  expect(lines.sinceTime).toBe('2026-11-21T06:00:00.12Z');
});

test('a log that is cut anywhere and followed again from there is told once', () => {
  const stamps = fc
    .integer({ min: 0, max: 40 })
    .map((n) => `2026-11-21T06:00:0${n % 3}.${String(n).padStart(3, '0')}Z`);
  const log = fc
    .array(
      fc.tuple(
        stamps,
        fc.string({ maxLength: 12 }).map((line) => line.replace(/\n/g, ' ')),
      ),
      { maxLength: 12 },
    )
    .map((lines) => lines.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
  const cuts = fc.array(fc.nat(), { maxLength: 5 });
  fc.assert(
    fc.property(log, cuts, fc.integer({ min: 1, max: 9 }), (lines, cutsAt, size) => {
      const reader = new LogLines();
      const stamped = (from: string | undefined) =>
        Buffer.from(
          lines
            // The server knows seconds only.
            .filter(([stamp]) => from === undefined || stamp.slice(0, 19) >= from.slice(0, 19))
            .map(([stamp, line]) => `${stamp} ${line}\n`)
            .join(''),
        );
      const told: Buffer[] = [];
      const follow = (upTo: number) => {
        reader.again();
        const bytes = stamped(reader.sinceTime).subarray(0, upTo);
        for (let at = 0; at < bytes.length; at += size)
          told.push(...reader.read(bytes.subarray(at, at + size)));
      };
      for (const cut of cutsAt) follow(cut % (stamped(undefined).length + 1));
      follow(Number.POSITIVE_INFINITY);
      expect(text(told)).toBe(lines.map(([, line]) => `${line}\n`).join(''));
    }),
    { numRuns: 500 },
  );
});
