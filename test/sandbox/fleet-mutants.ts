// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source, in which templates stand
import { inFile, type Planted } from '../laws/fresh-modules';

const fleet = inFile('sandbox/fleet/fleet.ts');
const journal = inFile('sandbox/fleet/journal.ts');
const shares = inFile('sandbox/fleet/shares.ts');

export const fleetMutants: readonly Planted[] = [
  fleet(
    'that an item begins is not kept',
    'sandboxId = await this.#journal.claim(index, box.id);',
    'sandboxId = box.id;',
  ),
  fleet(
    'an item that another program has begun is run',
    "if (sandboxId === box.id) return this.#run(index, box, this.runs.run, 'starting');",
    "if (sandboxId) return this.#run(index, box, this.runs.run, 'starting');",
  ),
  fleet(
    'the sandbox of an item that is over is left',
    'failed(index, error, true));\n    await this.#close(box);',
    'failed(index, error, true));',
  ),
  fleet(
    'the sandbox for an item that another has begun is left',
    "'starting');\n    await this.#close(box);",
    "'starting');",
  ),
  fleet(
    'the sandbox of an item whose record fails is left',
    'catch (error) {\n      await this.#close(box);',
    'catch (error) {',
  ),
  fleet(
    'a full quota is a failure',
    'if (!this.#waitsForRoom(error)) return',
    'if (this.#waitsForRoom(error) || true) return',
  ),
  fleet(
    'the place of an item is not given back',
    "this.#progress.moved('starting', 'waiting');\n      } finally {\n        place.giveBack();",
    "this.#progress.moved('starting', 'waiting');\n      } finally {",
  ),
  fleet(
    'the place of an item that went on is not given back',
    "this.#told(unknown, 'waiting');\n    } finally {\n      place.giveBack();",
    "this.#told(unknown, 'waiting');\n    } finally {",
  ),
  fleet(
    'a value that could not be kept is done all the same',
    '.catch((error) => failed(index, error, true))',
    '.catch(() => outcome)',
  ),
  fleet(
    'what failed is cancelled',
    'return signal.aborted ? cancelled(index, true) : failed(index, error, true);',
    'return cancelled(index, true);',
  ),
  fleet(
    'an item that waits for the quota again is not counted as waiting',
    "place.full();\n        this.#progress.moved('starting', 'waiting');",
    'place.full();',
  ),
  journal(
    'how an item ended is not read back',
    "if (end !== undefined) return { is: 'over'",
    "if (end === '') return { is: 'over'",
  ),
  journal(
    'of two that begin an item both are told that they have',
    'return sandboxOf(await this.#keep(`${index}.start`, JSON.stringify({ sandboxId })));',
    'await this.#keep(`${index}.start`, JSON.stringify({ sandboxId }));\n    return sandboxId;',
  ),
  journal(
    'an item that was begun is new',
    "return start === undefined ? { is: 'new' } : {",
    "return start === undefined ? { is: 'new' } : { is: 'over', outcome: { index, status: 'cancelled', wasStarted: true, isReadBack: true } };\n    return {",
  ),
  shares('a line takes more than its places', 'line.taken < line.parallel', 'line.taken <= line.parallel'),
  shares(
    'all lines together take more than there are',
    'this.#taken >= this.#options.parallel',
    'this.#taken > this.#options.parallel',
  ),
  shares(
    'all try again at once and always when the quota is full',
    '    this.#mostTrying = 1;\n',
    '    this.#callNext();\n    return;\n',
  ),
  shares('the pause after a full quota has no end', 'this.#goOn();\n      this.#callNext();\n    });', '});'),
  shares(
    'who waits is not told that it was cancelled',
    'this.#leave(queue, waiting);\n        resolve(undefined);',
    'this.#leave(queue, waiting);',
  ),
  shares(
    'a place is given back twice',
    "if (state === 'over') return;\n        const hadRoom",
    'const hadRoom',
  ),
];
