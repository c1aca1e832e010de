/** A condition as a pipeline that is a real boolean, or one that is decided already. */
export type Truth = string | boolean;

export function or(a: Truth, b: Truth): Truth {
  if (typeof a === 'boolean') return a || b;
  const rest = given(b, new Set([not(a)]));
  if (typeof rest === 'boolean') return rest || a;
  return `(or ${a} ${rest})`;
}

export function and(a: Truth, b: Truth): Truth {
  if (typeof a === 'boolean') return a && b;
  const rest = given(b, new Set([a]));
  if (typeof rest === 'boolean') return rest && a;
  return `(and ${a} ${rest})`;
}

export function choice(cond: string, yes: Truth, no: Truth): Truth {
  const [whenTrue, whenFalse] = [given(yes, new Set([cond])), given(no, new Set([not(cond)]))];
  if (whenTrue === whenFalse) return whenTrue;
  if (whenFalse === false) return and(cond, whenTrue);
  if (whenTrue === false) return and(not(cond), whenFalse);
  if (whenTrue === true) return or(cond, whenFalse);
  if (whenFalse === true) return or(not(cond), whenTrue);
  return `(ternary ${whenTrue} ${whenFalse} ${cond})`;
}

function not(cond: string): string {
  const [name, inner] = partsOf(cond);
  return name === 'not' && inner !== undefined ? inner : `(not ${cond})`;
}

/** What is left of a condition where others are known to hold. All conditions are total, so the order does not matter. */
export function given(cond: Truth, known: ReadonlySet<string>): Truth {
  if (typeof cond === 'boolean' || known.size === 0) return cond;
  if (known.has(cond)) return true;
  if (known.has(not(cond))) return false;
  const [name, ...args] = partsOf(cond);
  if (name !== 'and' && name !== 'or') return cond;
  const isAnd = name === 'and';
  const rest = args.map((arg) => given(arg, known)).filter((arg) => arg !== isAnd);
  if (rest.includes(!isAnd)) return !isAnd;
  if (rest.length === 0) return isAnd;
  return rest.length === 1 ? (rest[0] as Truth) : `(${name} ${rest.join(' ')})`;
}

/** What holds wherever a condition does: it, and each part of an `and`. */
export function factsOf(cond: string): string[] {
  const [name, ...args] = partsOf(cond);
  return name === 'and' ? [cond, ...args.flatMap(factsOf)] : [cond];
}

/** `(and .a (not .b))` as its function and arguments; nothing for what is no call. */
function partsOf(call: string): string[] {
  if (!call.startsWith('(')) return [];
  const parts = [''];
  let depth = 0;
  for (const [token] of call.slice(1, -1).matchAll(/"(?:[^"\\]|\\.)*"|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ' ' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts;
}
