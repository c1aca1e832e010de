import type { Connection } from '../../kube';
import type { SandboxError } from '../errors';
import { refusal } from '../testing-only/scripted-runtime';
import { guessesOver } from './guesses';
import type { Opener } from './start';
import { type StartOptions, start } from './start';

const pod = {
  metadata: { name: 'one' },
  spec: { nodeName: 'node', containers: [{ name: 'sandbox' }] },
  status: { containerStatuses: [{ name: 'sandbox', state: { running: {} } }] },
};

/** A pod that a node has, whose start may take a twentieth of a second. */
function starting(open: Opener<string>): Promise<string> {
  const options = {
    place: { startTimeoutMs: 50 },
    job: { metadata: { name: 'one', uid: 'u-1' } },
    watch: { of: () => {}, onChange: () => () => {}, pod },
    progress: { tell: () => {} },
  };
  return start(options as unknown as StartOptions, open);
}

/** Waits for longer than that, unless it is told to end. */
const long = (signal: AbortSignal) =>
  new Promise<string>((resolve, reject) => {
    setTimeout(() => resolve('opened'), 200);
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('a start that takes longer than it may is given up', async () => {
  const error: SandboxError = await refusal(starting((_, signal) => long(signal)));
  expect(error.code).toBe('StartTimeout');
});

test('what is waited for in a sandbox that was entered is no part of its start', async () => {
  const opened = starting((_, signal, told) => {
    told.entered();
    return long(signal);
  });
  expect(await opened).toBe('opened');
});

describe('one that no node has told to run', () => {
  let connection: Connection;
  let asked: number;
  let tell: (status: object) => void;

  beforeEach(() => {
    jest.useFakeTimers();
    connection = {} as Connection;
    asked = 0;
    const listeners = new Set<() => void>();
    const watch = {
      of: () => {},
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      pod: { ...pod, status: {} },
    };
    tell = (status) => {
      watch.pod = { ...pod, status };
      for (const listener of [...listeners]) listener();
    };
    const options = {
      place: { startTimeoutMs: 10_000, connection },
      job: { metadata: { name: 'one', uid: 'u-1' } },
      watch,
      progress: { tell: () => {} },
    };
    void start(options as unknown as StartOptions, async () => {
      asked += 1;
      return 'opened';
    });
  });
  afterEach(() => jest.useRealTimers());

  test('is asked for after a moment, in which none can run', async () => {
    await jest.advanceTimersByTimeAsync(240);
    tell({ containerStatuses: [{ name: 'sandbox', state: { waiting: {} } }] });
    await jest.advanceTimersByTimeAsync(5);
    expect(asked).toBe(0);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked).toBe(1);
  });

  test('waits while another guesses, until its node tells', async () => {
    const turn = await guessesOver(connection).turn(new AbortController().signal);
    await jest.advanceTimersByTimeAsync(245);
    tell(pod.status);
    await jest.advanceTimersByTimeAsync(0);
    expect(asked).toBe(1);
    turn.wasRight();
  });
});
