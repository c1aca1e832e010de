import fc from 'fast-check';
import { LogLines } from './log-lines';

const text = (pieces: readonly Buffer[]) => Buffer.concat([...pieces]).toString();

test('takes the timestamps off', () => {
  const lines = new LogLines();
  expect(text(lines.read(Buffer.from('2026-11-21T06:00:00.1Z one\n2026-11-21T06:00:00.12Z two')))).toBe(
    'one\ntwo',
  );
  // The second line has no end yet, and a line may be written down after a newer one.
  expect(lines.sinceTime).toBe('2026-11-21T05:59:59.000Z');
});

test('an older line that was written down after a newer one is told', () => {
  const lines = new LogLines();
  const log = '2026-11-21T06:00:02.000000002Z err\n2026-11-21T06:00:01.999999999Z out\n';
  expect(text(lines.read(Buffer.from(log)))).toBe('err\nout\n');
  lines.again();
  expect(text(lines.read(Buffer.from(`${log}2026-11-21T06:00:02.000000002Z more\n`)))).toBe('more\n');
});

test('a log that was rotated meanwhile is told from where it begins now', () => {
  const lines = new LogLines();
  lines.read(
    Buffer.from('2026-11-21T06:00:02.1Z one\n2026-11-21T06:00:02.2Z two\n2026-11-21T06:00:02.3Z thr'),
  );
  lines.again();
  const rotated = '2026-11-21T06:00:02.2Z two\n2026-11-21T06:00:02.4Z four\n';
  expect(text(lines.read(Buffer.from(rotated)))).toBe('four\n');
});

test('nothing is asked for from a time on before a line was told whole', () => {
  const lines = new LogLines();
  expect(lines.sinceTime).toBeUndefined();
  lines.read(Buffer.from('2026-11-21T06:00:02.1Z begun'));
  expect(lines.sinceTime).toBeUndefined();
  lines.read(Buffer.from(' and ended\n'));
  expect(lines.sinceTime).toBe('2026-11-21T06:00:01.000Z');
});

test('lines that came again and again are told once, and the rest of one that was cut', () => {
  const lines = new LogLines();
  const log = '2026-11-21T06:00:02.1Z one\n2026-11-21T06:00:02.1Z one\n2026-11-21T06:00:02.2Z three\n';
  const told: string[] = [];
  for (const upTo of [27, 54, 75, 80, log.length, log.length]) {
    lines.again();
    told.push(text(lines.read(Buffer.from(log.slice(0, upTo)))));
  }
  expect(told).toEqual(['one\n', 'one\n', '', 'thr', 'ee\n', '']);
});

test('lines that are older than what was asked for were told, whoever sends them again', () => {
  const lines = new LogLines();
  const log = '2026-11-21T06:00:00.1Z old\n2026-11-21T06:00:10.1Z new\n';
  lines.read(Buffer.from(log));
  lines.again();
  expect(text(lines.read(Buffer.from(`${log}2026-11-21T06:00:10.2Z more\n`)))).toBe('more\n');
});

test('an empty line is a line, and a line without a time counts as one of the newest', () => {
  const lines = new LogLines();
  const log = '2026-11-21T06:00:02.1Z \nnever a stamp\n2026-11-21T06:00:02.3Z x\n';
  expect(text(lines.read(Buffer.from(log)))).toBe('\na stamp\nx\n');
  expect(lines.sinceTime).toBe('2026-11-21T06:00:01.000Z');
  lines.again();
  expect(text(lines.read(Buffer.from(log)))).toBe('');
});

test('a log that is cut anywhere and followed again from there is told once', () => {
  // Many of one stamp, and some later than newer ones, though by less than a second.
  const times = fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.constantFrom(0, 1, 500, 999));
  const log = fc
    .array(
      fc.tuple(
        times,
        fc.string({ maxLength: 12 }).map((line) => line.replace(/\n/g, ' ')),
      ),
      { maxLength: 12 },
    )
    .map((lines) => lines.sort(([[left]], [[right]]) => left - right))
    .map((lines) =>
      lines.map(([[at, late], line]) => {
        const time = Date.UTC(2026, 10, 21, 6) + 100 * Math.floor(at / 100) - late;
        return [new Date(time).toISOString(), line] as const;
      }),
    );
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
