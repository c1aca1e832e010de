import { createHash, randomBytes } from 'node:crypto';
import { SandboxError } from '../errors';
import type { MapOutcome } from './outcome';
import type { FleetRecord } from './record';

/** What is known of an item from before. */
export type Known =
  | { readonly is: 'new' }
  | { readonly is: 'begun'; readonly sandboxId: string }
  | { readonly is: 'over'; readonly outcome: MapOutcome<unknown> };

/** What a fleet keeps of its items: that one has begun, and how it ended. */
export interface Journal {
  /** Refuses items that are not those of the first program. */
  begin(items: readonly unknown[]): Promise<void>;
  look(index: number): Promise<Known>;
  /** Answers with the sandbox that the item is begun in: of two programs that begin it the first has it. */
  claim(index: number, sandboxId: string): Promise<string>;
  /** Answers with the outcome that is kept: of two programs that end an item it is the first. */
  end<Result>(index: number, outcome: MapOutcome<Result>): Promise<MapOutcome<Result>>;
}

/** Of a fleet that is not to be started again. */
export const noJournal: Journal = {
  begin: async () => {},
  look: async () => ({ is: 'new' }),
  claim: async (_index, sandboxId) => sandboxId,
  end: async (_index, outcome) => outcome,
};

/** The journal of the fleet of this name in a record. */
export class KeptJournal implements Journal {
  readonly #self = randomBytes(8).toString('hex');

  constructor(
    private readonly id: string,
    private readonly record: FleetRecord,
  ) {}

  async begin(items: readonly unknown[]): Promise<void> {
    const hash = createHash('sha256')
      .update(jsonOf('map', 'items', items))
      .digest('hex');
    const kept = await this.#keep('items', `${items.length} items, sha256 ${hash}`);
    if (kept.endsWith(hash)) return;
    throw new SandboxError('FleetMismatch', {
      where: `map({ id: '${this.id}' })`,
      found: `${items.length} items with the hash ${hash}`,
      expected: `the items that this fleet was begun with: ${kept}`,
      remedy: 'Give the same items in the same order, or another id for other items.',
    });
  }

  async look(index: number): Promise<Known> {
    const end = await this.#read(`${index}.end`);
    if (end !== undefined) return { is: 'over', outcome: readBack(index, end) };
    const start = await this.#read(`${index}.start`);
    return start === undefined ? { is: 'new' } : { is: 'begun', sandboxId: sandboxOf(start) };
  }

  async claim(index: number, sandboxId: string): Promise<string> {
    return sandboxOf(await this.#keep(`${index}.start`, JSON.stringify({ sandboxId })));
  }

  async end<Result>(index: number, outcome: MapOutcome<Result>): Promise<MapOutcome<Result>> {
    const { error: _, index: __, ...told } = { error: undefined, ...outcome };
    const text = jsonOf(`item ${index} of map`, 'value', { ...told, by: this.#self });
    const kept = await this.#keep(`${index}.end`, text);
    return kept === text ? outcome : (readBack(index, kept) as MapOutcome<Result>);
  }

  #keep(name: string, text: string): Promise<string> {
    return this.#asked(name, () => this.record.keep(`${this.id}.${name}`, text));
  }

  #read(name: string): Promise<string | undefined> {
    return this.#asked(name, () => this.record.read(`${this.id}.${name}`));
  }

  async #asked<Answer>(name: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (cause) {
      const facts = {
        where: `the record of map({ id: '${this.id}' })`,
        found: `${name}: ${cause instanceof Error ? cause.message : String(cause)}`,
        expected: 'a record that reads and keeps texts',
        remedy: 'See to the place where it is kept, and start the program again with the same id.',
      };
      throw new SandboxError('FleetRecord', facts, { cause, retryable: true });
    }
  }
}

function readBack(index: number, text: string): MapOutcome<unknown> {
  const { by: _, ...told } = JSON.parse(text);
  const value = told.status === 'done' ? { value: told.value } : {};
  return { ...told, ...value, index, isReadBack: true };
}

function sandboxOf(start: string): string {
  return (JSON.parse(start) as { readonly sandboxId: string }).sandboxId;
}

function jsonOf(where: string, name: string, given: unknown): string {
  try {
    return JSON.stringify(given);
  } catch (error) {
    throw new SandboxError('ArgumentInvalid', {
      where,
      found: `${name}: ${(error as Error).message}`,
      expected: 'what JSON can hold, because it is kept in a record',
      remedy: 'Give what can be written down, such as texts and numbers, or leave out `id` and `record`.',
    });
  }
}
