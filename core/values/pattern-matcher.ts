/**
 * Whether a text is like a pattern, in a time that is bounded by the length of the text times that of the pattern. The engine
 * of JavaScript tries one way after the other (`^(a|a)(a|a)...$`, `^a?a?...$`), and takes longer than anyone waits for some
 * texts; helm's does not.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  return passThrough(pattern, text).fits;
}

/** What came of following a pattern through a text. */
export interface Passage {
  readonly fits: boolean;
  /** At how many places it was, which is the work that it took; `undefined` where JavaScript's engine followed it. */
  readonly visited?: number;
}

export function passThrough(pattern: string, text: string): Passage {
  const known = ways.get(pattern);
  if (known) return known(text);
  const way = wayThrough(pattern);
  ways.set(pattern, way);
  return way(text);
}

type Way = (text: string) => Passage;
const ways = new Map<string, Way>();

function wayThrough(pattern: string): Way {
  const regexp = new RegExp(pattern, 'u');
  const compiler = new Compiler([...pattern.slice(1, -1)]);
  const start = compiler.alternatives()(END);
  // A single choice leaves few ways to try, and the engine of JavaScript is the faster one.
  return compiler.choices > 1 ? (text) => follow(start, text) : (text) => ({ fits: regexp.test(text) });
}

/** A place in a pattern: a character has to follow, or it goes on at any of several places, or it is the end. */
interface Place {
  readonly fits?: RegExp;
  readonly next: Place[];
}

const END: Place = { next: [] };

/** Follows all ways through the pattern at once, one character after the other. */
function follow(start: Place, text: string): Passage {
  let places = reach([start]);
  let visited = places.size;
  for (const char of text) {
    places = reach([...places].filter(({ fits }) => fits?.test(char)).flatMap(({ next }) => next));
    if (places.size === 0) return { fits: false, visited };
    visited += places.size;
  }
  return { fits: places.has(END), visited };
}

/** The places that are reached from these without a character. */
function reach(from: readonly Place[]): Set<Place> {
  const reached = new Set(from);
  for (const place of reached) if (!place.fits) for (const next of place.next) reached.add(next);
  return reached;
}

/** Makes places of a part of a pattern, given the one behind it. */
type Part = (behind: Place) => Place;

/** Reads what `readPattern` found to be portable, which is small: characters, classes, groups, choices and repetition. */
class Compiler {
  private at = 0;
  /** Where a text can go on in more than one way. */
  choices = 0;

  constructor(private readonly chars: readonly string[]) {}

  alternatives(): Part {
    const choices = [this.sequence()];
    while (this.chars[this.at] === '|') {
      this.at++;
      this.choices++;
      choices.push(this.sequence());
    }
    return (behind) => ({ next: choices.map((choice) => choice(behind)) });
  }

  private sequence(): Part {
    const parts: Part[] = [];
    while (this.at < this.chars.length && !'|)'.includes(this.chars[this.at] as string))
      parts.push(this.repeated());
    return (behind) => parts.reduceRight((next, part) => part(next), behind);
  }

  private repeated(): Part {
    const isGroup = this.chars[this.at] === '(';
    const before = this.choices;
    const part = isGroup ? this.group() : this.character();
    const rest = this.chars.slice(this.at, this.at + 12).join('');
    const [all, sign, low, comma, high] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? [];
    if (all === undefined) return part;
    this.at += all.length;
    const least = low === undefined ? Number(sign === '+') : Number(low);
    const most = sign === '?' ? 1 : sign || (comma && !high) ? Number.POSITIVE_INFINITY : Number(high || low);
    // What repeats has its own choices anew each time.
    if (least !== most || this.choices > before) this.choices += isGroup && most > 1 ? 2 : 1;
    return times(part, least, most);
  }

  private group(): Part {
    this.at += this.chars[this.at + 1] === '?' ? 3 : 1;
    const inner = this.alternatives();
    this.at++;
    return inner;
  }

  private character(): Part {
    const from = this.at++;
    if (this.chars[from] === '\\') this.at++;
    if (this.chars[from] === '[')
      while (this.chars[this.at++] !== ']') if (this.chars[this.at - 1] === '\\') this.at++;
    const fits = new RegExp(`^${this.chars.slice(from, this.at).join('')}$`, 'u');
    return (behind) => ({ fits, next: [behind] });
  }
}

function times(part: Part, least: number, most: number): Part {
  return (behind) => {
    let place = behind;
    if (most === Number.POSITIVE_INFINITY) {
      place = { next: [behind] };
      place.next.push(part(place));
    } else for (let count = least; count < most; count++) place = { next: [behind, part(place)] };
    for (let count = 0; count < least; count++) place = part(place);
    return place;
  };
}
