import type { Cause } from '../causes/cause';
import { Output } from './output';
import { type CommandFacts, CommandResult, commandInWords, type Outcome } from './result';

const CAUSE = { found: 'no memory', remedy: 'give more', retryable: true } as unknown as Cause;

function resultOf(outcome: Outcome, more: Partial<CommandFacts> = {}, stderr = ''): CommandResult {
  const facts: CommandFacts = {
    outcome,
    exitCode: undefined,
    signal: undefined,
    stdout: new Output(Buffer.from('out')),
    stderr: new Output(Buffer.from(stderr)),
    truncated: false,
    durationMs: 1,
    cause: undefined,
    ...more,
  };
  return new CommandResult(facts, ['make', 'a "test"'], 'box-1');
}

function errorOf(result: CommandResult): unknown {
  try {
    result.orThrow();
  } catch (error) {
    return error;
  }
  return undefined;
}

test('only an exit with code 0 is a success, which gives itself', () => {
  const good = resultOf('exited', { exitCode: 0 });
  expect([good.ok, good.orThrow()]).toEqual([true, good]);
  // A number beside another outcome makes no success of it.
  for (const other of [resultOf('exited', { exitCode: 1 }), resultOf('timedOut', { exitCode: 0 })]) {
    expect(other.ok).toBe(false);
    expect(errorOf(other)).toBeDefined();
  }
});

test.each<[Outcome, Partial<CommandFacts>, string, string, RegExp]>([
  ['exited', { exitCode: 3 }, 'CommandFailed', 'exit code 3', /Read what it printed/],
  ['signaled', { signal: 'SIGSEGV' }, 'CommandFailed', 'an end by SIGSEGV', /Read what it printed/],
  ['timedOut', {}, 'TimedOut', 'timedOut', /longer `timeoutMs`/],
  ['aborted', {}, 'Aborted', 'aborted', /Nothing, if that was meant/],
  ['oomKilled', {}, 'OOMKilled', 'oomKilled', /more memory/],
  ['evicted', {}, 'Evicted', 'evicted', /./],
  ['podLost', {}, 'PodLost', 'podLost', /./],
  ['connectionLost', {}, 'ConnectionLost', 'connectionLost', /It may have run/],
])(
  'a command that ended as %s throws an error of its own code, which says what was found',
  (outcome, more, code, found, remedy) => {
    const result = resultOf(outcome, more);
    expect(errorOf(result)).toMatchObject({
      code,
      where: '["make","a \\"test\\""] in sandbox box-1',
      found,
      expected: 'exit code 0',
      remedy: expect.stringMatching(remedy),
      sandboxId: 'box-1',
      retryable: false,
      cause: result,
    });
  },
);

test('what the cluster said comes first, and says whether it may be tried again', () => {
  expect(errorOf(resultOf('oomKilled', { cause: CAUSE }, 'Killed\n'))).toMatchObject({
    found: 'no memory; its last words: "Killed"',
    remedy: 'give more',
    retryable: true,
  });
});

test('the end of standard error is told, printable and short', () => {
  const long = `${'x'.repeat(400)}\u001b[31mred\n`;
  const { found } = errorOf(resultOf('exited', { exitCode: 1 }, long)) as { found: string };
  expect(found).toBe(`exit code 1; its last words: ${JSON.stringify(`${'x'.repeat(292)}\u001b[31mred`)}`);
  const silent = errorOf(resultOf('exited', { exitCode: 1 }, ' \n')) as { found: string };
  expect(silent.found).toBe('exit code 1');
});

test('a command in words is cut where it is long', () => {
  expect(commandInWords(['a'.repeat(116)])).toBe(`["${'a'.repeat(116)}"]`);
  expect(commandInWords(['a'.repeat(117)])).toBe(`["${'a'.repeat(117)}"...`);
});
