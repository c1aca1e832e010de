import { EventEmitter } from 'node:events';
import type WebSocket from 'ws';
import { Liveness } from './liveness';

const timing = { pingMs: 100, silenceMs: 1_000, inputStallMs: 5_000 };

/** The end of a socket that Liveness looks at: it counts pings, and answers when it is told to. */
class Peer extends EventEmitter {
  isPaused = false;
  bytesRead = 0;
  readonly pings: string[] = [];
  ping(text: string): void {
    this.pings.push(text);
  }
  sends(): void {
    this.bytesRead += 100;
  }
  answer(text = this.pings.at(-1)!): void {
    this.bytesRead += 2 + text.length;
    this.emit('pong', Buffer.from(text));
  }
}

let peer: Peer;
let dead: number[];
let liveness: Liveness;

function begin(given: Partial<typeof timing> = timing): void {
  peer = new Peer();
  dead = [];
  liveness = new Liveness(
    peer as unknown as WebSocket,
    () => peer.bytesRead,
    given,
    (silentMs) => {
      dead.push(silentMs);
      liveness.stop();
    },
  );
}
/** What is read before the next look at the clock. */
let arriving: () => void;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate'] });
  arriving = () => {};
  jest.spyOn(global, 'setImmediate').mockImplementation(((then: () => void) => {
    arriving();
    then();
  }) as typeof setImmediate);
  begin();
});
afterEach(() => {
  liveness.stop();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

test('it pings at its pace, each with a number of its own', () => {
  jest.advanceTimersByTime(300);
  expect(peer.pings).toEqual(['1', '2', '3']);
});

test('it pings into silence alone: neither while something comes nor while it is not read', () => {
  for (let round = 0; round < 5; round += 1) {
    jest.advanceTimersByTime(60);
    peer.sends();
    jest.advanceTimersByTime(40);
  }
  expect(peer.pings).toEqual([]);
  peer.isPaused = true;
  jest.advanceTimersByTime(500);
  expect(peer.pings).toEqual([]);
  peer.isPaused = false;
  liveness.resumed();
  jest.advanceTimersByTime(100);
  // What waited before the pause may not have come yet.
  expect(peer.pings).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(peer.pings).toEqual(['1']);
  // An answer is no output, and the pace stays.
  peer.answer();
  jest.advanceTimersByTime(100);
  expect(peer.pings).toEqual(['1', '2']);
});

test('what came while this process was held up is read before a ping is sent', () => {
  // Timers are first, then what has arrived, then what was put off until that was read.
  arriving = () => peer.sends();
  jest.advanceTimersByTime(300);
  expect(peer.pings).toEqual([]);
  arriving = () => {};
  jest.advanceTimersByTime(100);
  expect(peer.pings).toEqual(['1']);
});

test('silence is told once it is longer than allowed, with how long it was', () => {
  jest.advanceTimersByTime(1_000);
  expect(dead).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(dead).toEqual([1_100]);
});

test('an answer or anything that comes begins the silence anew', () => {
  for (let round = 0; round < 3; round += 1) {
    jest.advanceTimersByTime(900);
    peer.answer();
    jest.advanceTimersByTime(900);
    peer.sends();
  }
  expect(dead).toEqual([]);
  jest.advanceTimersByTime(1_200);
  expect(dead).toEqual([1_100]);
});

test('input that waits before the server is given longer, until a ping behind it is answered', () => {
  jest.advanceTimersByTime(100);
  peer.answer();
  liveness.inputSent();
  jest.advanceTimersByTime(4_900);
  expect(dead).toEqual([]);
  // The answer to a ping from before the input tells nothing of the input; one to a later ping does.
  peer.answer('1');
  jest.advanceTimersByTime(4_900);
  expect(dead).toEqual([]);
  peer.answer();
  jest.advanceTimersByTime(1_100);
  expect(dead).toEqual([1_100]);
});

test('input that is never taken is told at last', () => {
  liveness.inputSent();
  jest.advanceTimersByTime(5_000);
  expect(dead).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(dead).toEqual([5_100]);
});

test('the answer of an older ping does not undo that of a newer, and one without a number answers none', () => {
  jest.advanceTimersByTime(300);
  liveness.inputSent();
  jest.advanceTimersByTime(100);
  peer.answer('4');
  peer.answer('1');
  peer.answer('x');
  jest.advanceTimersByTime(1_100);
  expect(dead).toEqual([1_100]);
});

test('a socket that is not read cannot be heard, so its silence does not count', () => {
  peer.isPaused = true;
  jest.advanceTimersByTime(10_000);
  expect(dead).toEqual([]);
  peer.isPaused = false;
  jest.advanceTimersByTime(1_000);
  expect(dead).toEqual([]);
  jest.advanceTimersByTime(100);
  expect(dead).toEqual([1_100]);
});

test('a process that stood still has heard nothing meanwhile, and asks again before it gives up', () => {
  jest.setSystemTime(Date.now() + 60_000);
  jest.advanceTimersByTime(100);
  expect(dead).toEqual([]);
  expect(peer.pings).toEqual(['1']);
  jest.advanceTimersByTime(1_100);
  expect(dead).toEqual([1_100]);
});

test('once stopped it neither pings nor tells', () => {
  liveness.stop();
  jest.advanceTimersByTime(10_000);
  expect([peer.pings, dead]).toEqual([[], []]);
});

test('usually it pings every 5 s and gives up after 30 s of silence, or 10 min with input under way', () => {
  liveness.stop();
  begin({});
  jest.advanceTimersByTime(30_000);
  expect([peer.pings.length, dead]).toEqual([6, []]);
  jest.advanceTimersByTime(5_000);
  expect(dead).toEqual([35_000]);
  begin({});
  liveness.inputSent();
  jest.advanceTimersByTime(600_000);
  expect(dead).toEqual([]);
  jest.advanceTimersByTime(5_000);
  expect(dead).toEqual([605_000]);
});
