/**
 * Whether a text is like a pattern, in a time that is bounded by the length of the text times that of the pattern. The engine
 * of JavaScript tries every way through groups that repeat, and takes longer than anyone waits for some texts; helm's does not.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const known = matchers.get(pattern);
  if (known) return known(text);
  const matcher = matcherOf(pattern);
  matchers.set(pattern, matcher);
  return matcher(text);
}

type Matcher = (text: string) => boolean;
const matchers = new Map<string, Matcher>();

function matcherOf(pattern: string): Matcher {
  const regexp = new RegExp(pattern, 'u');
  const compiler = new Compiler([...pattern.slice(1, -1)]);
  const start = compiler.alternatives()(END);
  // Where no group repeats there are few ways to try, and the engine of JavaScript is the faster one.
  return compiler.repeatsGroup ? (text) => accepts(start, text) : (text) => regexp.test(text);
}

/** A place in a pattern: a character has to follow, or it goes on at any of several places, or it is the end. */
interface Place {
  readonly fits?: RegExp;
  readonly next: Place[];
}

const END: Place = { next: [] };

/** Follows all ways through the pattern at once, one character after the other. */
function accepts(start: Place, text: string): boolean {
  let places = reach([start]);
  for (const char of text) {
    places = reach([...places].filter(({ fits }) => fits?.test(char)).flatMap(({ next }) => next));
    if (places.size === 0) return false;
  }
  return places.has(END);
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
  repeatsGroup = false;

  constructor(private readonly chars: readonly string[]) {}

  alternatives(): Part {
    const choices = [this.sequence()];
    while (this.chars[this.at] === '|') {
      this.at++;
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
    const part = isGroup ? this.group() : this.character();
    const rest = this.chars.slice(this.at, this.at + 12).join('');
    const [all, sign, low, comma, high] = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(rest) ?? [];
    if (all === undefined) return part;
    this.at += all.length;
    const least = low === undefined ? Number(sign === '+') : Number(low);
    const most = sign === '?' ? 1 : sign || (comma && !high) ? Number.POSITIVE_INFINITY : Number(high || low);
    if (isGroup && most > 1) this.repeatsGroup = true;
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
