import { type Fault, type FaultFacts, FIX_FIELD } from './fault';

type Step = string | number;

/** A walk through one object: where it is, and what it found. */
export class Walk {
  readonly faults: Fault[] = [];
  /**
   * How many places do not have the type that the schema gives them. A rule about several fields runs only where there is
   * none of them below it, so it may trust the types.
   */
  untyped = 0;
  /** Entries of lists that are null, by their fields. */
  readonly nullEntries: string[] = [];
  /** Inside of a status, which the server ignores when an object is made: types and names count, contents do not. */
  isStatus = false;
  /** Volumes that pods get beside their own: of the claim templates of a StatefulSet. */
  claims: readonly string[] = [];
  private readonly path: Step[] = [];

  /** @param isPartial the object may have expressions in it, of which nothing is known. */
  constructor(readonly isPartial: boolean) {}

  enter(step: Step): void {
    this.path.push(step);
  }

  leave(): void {
    this.path.pop();
  }

  /** Says that something is wrong at a place below the present one. */
  fault(below: readonly Step[], { found, expected, remedy = FIX_FIELD }: FaultFacts): void {
    this.faults.push({ field: fieldOf([...this.path, ...below]), found, expected, remedy });
  }

  /** An entry of a list that is null: the server reads an empty one, which has no type to trust. */
  nullEntry(): void {
    this.untyped += 1;
    this.nullEntries.push(fieldOf(this.path));
  }

  /** Says that the value at this place has the wrong type. */
  wrongType(facts: FaultFacts): void {
    this.untyped += 1;
    this.fault([], facts);
  }
}

const PLAIN_KEY = /^[A-Za-z_$][\w$-]*$/;

/** `spec.ports[0].name`; keys that are no words are in quotes. */
export function fieldOf(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!PLAIN_KEY.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
