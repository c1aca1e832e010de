// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source, in which templates stand
import type { Mutation } from '../laws/fresh-modules';

/** A fault planted into the queue or the election, which its law has to see. */
export interface ControllerMutant extends Mutation {
  readonly title: string;
  readonly law: 'queue' | 'lines' | 'election';
}

const inFile =
  (law: ControllerMutant['law'], file: string) =>
  (title: string, from: string, to: string): ControllerMutant => ({ law, file, title, from, to });

const queue = inFile('queue', 'controller/queue/work-queue.ts');
const lines = inFile('lines', 'controller/queue/fair-lines.ts');
const campaign = inFile('election', 'controller/election/campaign.ts');
const election = inFile('election', 'controller/election/election.ts');
const term = inFile('election', 'controller/election/term.ts');
const held = inFile('election', 'kube/lease/held-lease.ts');
const clock = inFile('election', 'kube/lease/clock.ts');

export const mutants: readonly ControllerMutant[] = [
  queue(
    'a key that is worked on is given to a second worker',
    'if (entry.isWorkedOn) {\n      entry.dirty',
    'if (this.#isClosed) {\n      entry.dirty',
  ),
  queue(
    'what is added during the work is forgotten',
    'if (dirty !== undefined && !this.#isClosed) this.#now(entry, dirty);',
    '',
  ),
  queue('any event ends the wait of a failed key', "if (entry.isHeld && priority !== 'high') return;", ''),
  queue(
    'not even an urgent event ends the wait of a failed key',
    "if (entry.isHeld && priority !== 'high') return;",
    'if (entry.isHeld) return;',
  ),
  queue('the waits of a key do not grow', 'entry.failures += 1;', 'entry.failures = 1;'),
  queue('a success does not end the count of failures', 'entry.failures = 0;\n', '\n'),
  queue('the later of two times counts', 'timer.at < this.#clock', 'timer.at > this.#clock'),
  queue(
    'what a key waited for comes again after its work',
    'is served by the work that begins now.\n    this.#stopTimer(entry);',
    'is served.',
  ),
  queue(
    'a worker that waits is not woken',
    'this.#lines.push(rank, flow, key);\n    this.#serve();',
    'this.#lines.push(rank, flow, key);',
  ),
  queue('the end is not told to who waits', 'for (const take of [...this.#takers]) take(undefined);', ''),
  queue(
    'a key is forgotten while it waits for its time',
    'ready !== undefined || timer || failures',
    'ready !== undefined || failures',
  ),
  queue(
    'a key that becomes urgent is in two lines',
    'if (ready !== undefined) this.#lines.remove(ready, flow, key);\n    else',
    'if (ready === undefined)',
  ),
  queue('a failed key is not held', 'entry.isHeld = true;', ''),
  queue(
    'a key is lost when nobody waits for it',
    'const key = this.#lines.shift();\n    if (key !== undefined) return Promise',
    'const key = undefined;\n    if (key !== undefined) return Promise',
  ),
  lines(
    'one line is served until it is empty',
    'flows.delete(flow);\n    if (line.size > 0) flows.set(flow, line);',
    'if (line.size === 0) flows.delete(flow);',
  ),
  lines('the last that came is the first that goes', 'const [key] = line;', 'const key = [...line].at(-1);'),
  lines(
    'a lower rank waits without end',
    'this.#passed.get(rank)! >= PASSED_OVER',
    'this.#passed.get(rank)! < 0',
  ),
  lines('the lowest rank goes first', '?? waiting[0];', '?? waiting.at(-1);'),
  lines(
    'a key that is taken out is counted on',
    'if (line.size === 0) flows.delete(flow);\n    this.#size -= 1;',
    'if (line.size === 0) flows.delete(flow);',
  ),
  campaign('the Lease is taken from one that renews it', 'seen?.version === version && silentMs', 'silentMs'),
  campaign(
    'silence is counted from before the Lease was read',
    'at: readAt, durationMs: theirs',
    'at: seen?.at ?? readAt, durationMs: theirs',
  ),
  campaign(
    'the holder is waited for half its time',
    'silentMs >= seen.durationMs',
    'silentMs >= seen.durationMs / 2',
  ),
  campaign(
    'the Lease is taken whatever version it has',
    'await api.change(version, next)',
    'await api.change((await api.read())?.metadata.resourceVersion ?? version, next)',
  ),
  campaign('a Lease that was deleted is led from at once', 'isNew: true };\n  }', 'isNew: false };\n  }'),
  election('a new Lease is not waited with', 'if (won.isNew) await', 'if (this.#durationMs < 0) await'),
  held(
    'the holder counts from when the answer came',
    'this.#renewedAt = at;',
    'this.#renewedAt = new Moment(this.#clock);',
  ),
  held('the holder uses the whole time', 'const OWN_PART = 0.8;', 'const OWN_PART = 1;'),
  held('the Lease is not renewed', 'this.#renewing = this.#renew().then(() => this.#keep());', ''),
  held('a Lease of another is taken for ours', 'if (isOurs) {', 'if (found) {'),
  clock(
    'the time that the machine slept counts by the clock alone that can be set',
    '      this.#clock.bootMs() - this.#boot,\n',
    '',
  ),
  clock('the time that the machine slept does not count', 'return Math.max(', 'return Math.min('),
  clock(
    'the candidate believes a clock that can be set',
    'return this.#clock.monotonicMs() - this.#monotonic;',
    'return this.#clock.wallMs() - this.#wall;',
  ),
  term(
    'the time is looked at by the timer alone',
    'if (!this.signal.aborted && this.#held.leftMs() <= 0) this.lose();',
    '',
  ),
];
