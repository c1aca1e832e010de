// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of source that hold templates
import { inFile, type Planted } from './fresh-modules';
import { umbrellaMutants } from './umbrella-mutants';

/** A fault planted into the printer or into `evaluate`, which the Helm law has to see. */
export interface Mutant extends Planted {
  /** What it shows in. @default 'charts' */
  readonly of?: 'charts' | 'umbrellas';
}

const evaluate = inFile('core/template/evaluate.ts');
const pipeline = inFile('core/helm/print/pipeline.ts');
const functions = inFile('core/helm/print/functions.ts');
const scalar = inFile('core/helm/print/scalar.ts');
const structure = inFile('core/helm/print/structure.ts');
const scope = inFile('core/helm/print/scope.ts');
const truncate = inFile('core/template/truncate.ts');
const document = inFile('core/helm/print/document.ts');
const path = inFile('core/helm/print/path.ts');
const mergePatch = inFile('core/template/merge-patch.ts');
const installerPatches = inFile('core/tree/installer-patches.ts');
const patches = inFile('core/helm/patches.ts');

export const mutants: readonly Mutant[] = [
  evaluate(
    'absent entries of a list stay',
    'else if (value !== ABSENT) result.push(value);\n  }\n  return result;\n}\n\nfunction evaluateMap',
    'else result.push(value as Json);\n  }\n  return result;\n}\n\nfunction evaluateMap',
  ),
  evaluate(
    'a spread list stays one entry',
    "item.op.op === 'splice') result.push(...(value as readonly Json[]))",
    "item.op.op === 'splice') result.push(value as Json)",
  ),
  evaluate(
    'swapped branches',
    'get(op.cond) ? get(op.yes) : get(op.no)',
    'get(op.cond) ? get(op.no) : get(op.yes)',
  ),
  evaluate('lost else', 'get(op.cond) ? get(op.yes) : get(op.no)', 'get(op.cond) ? get(op.yes) : ABSENT'),
  evaluate('and becomes or', 'op.args.every((arg) => get(arg))', 'op.args.some((arg) => get(arg))'),
  evaluate('or becomes and', 'op.args.some((arg) => get(arg))', 'op.args.every((arg) => get(arg))'),
  evaluate('not is lost', 'return !get(op.arg);', 'return get(op.arg);'),
  evaluate('isSet takes an empty text for absent', 'get(op.arg) !== ABSENT', 'Boolean(get(op.arg))'),
  evaluate(
    'orElse takes an empty value for absent',
    'get(op.arg) ?? get(op.fallback)',
    'get(op.arg) || get(op.fallback)',
  ),
  evaluate('isEmpty of one entry', '.length === 0;\n    case', '.length <= 1;\n    case'),
  evaluate(
    'loops over maps in their own order',
    'Object.keys(entries).sort(byBytes)',
    'Object.keys(entries)',
  ),
  evaluate(
    'a loop leaves out its first entry',
    'for (const item of collection) visit',
    'for (const item of collection.slice(1)) visit',
  ),
  evaluate(
    'own keys lose',
    'if (!Object.hasOwn(own, key)) setOwnKey(result, key, value);',
    'setOwnKey(result, key, value);',
  ),
  evaluate(
    'spread keys are lost',
    'for (const [key, value] of Object.entries(entries ?? {}))',
    'for (const [key, value] of Object.entries({} as JsonObject))',
  ),
  evaluate(
    'empty metadata stays',
    'Object.keys(value).length === 0 ? ABSENT : value',
    'Object.keys(value).length === 0 ? value : value',
  ),
  evaluate(
    'length in characters',
    'Buffer.byteLength(get(op.arg) as string)',
    '(get(op.arg) as string).length',
  ),
  evaluate('gt takes equal', 'return a > b;', 'return a >= b;'),
  evaluate('le leaves out equal', 'return a <= b;', 'return a < b;'),
  evaluate('ne becomes eq', 'return a !== b;', 'return a === b;'),
  evaluate(
    'contains the other way around',
    '(left as string).includes(right as string)',
    '(right as string).includes(left as string)',
  ),
  evaluate('join without its separator', '.join(op.separator)', ".join('')"),
  truncate('a short hash too long', 'slice(0, HASH_DIGITS)', 'slice(0, HASH_DIGITS + 1)'),
  truncate(
    'a name that is a little too long is not cut',
    'if (text.length <= max)',
    'if (text.length <= max + 9)',
  ),
  evaluate(
    'a filter keeps what it should leave out',
    'if (evaluate(cond, inputs, inner)) kept.push',
    'if (!evaluate(cond, inputs, inner)) kept.push',
  ),
  evaluate('one entry is not some', ').includes(true)', ').slice(1).includes(true)'),
  evaluate('keys in the order of the values file', 'as JsonObject).sort(byBytes)', 'as JsonObject)'),
  evaluate('the last entry is the first', 'as readonly Json[])[0]', 'as readonly Json[]).at(-1)'),
  evaluate(
    'an affix is trimmed at the wrong end',
    'text.startsWith(String(by)) ?',
    'text.endsWith(String(by)) ?',
  ),
  evaluate(
    'a suffix is trimmed with one character too few',
    'text.length - String(by).length)',
    'text.length - String(by).length + 1)',
  ),
  evaluate(
    'a field with a default is what was given',
    "typeof value !== 'object' ? value : withDefaults(value, shape)",
    "typeof value !== 'object' ? value : (shape, value)",
  ),
  structure(
    'a field with a default is left out in helm',
    "isFilledIn ? new Node({ op: 'orElse', arg: given, fallback: field.default }, field.shape) : given,",
    'given,',
  ),
  functions(
    'only the first digit of an amount of memory',
    '(regexFind "^[0-9]+" ${text})',
    '(regexFind "^[0-9]" ${text})',
  ),
  pipeline('a filtered list is all of it', 'under(pipeline(cond, inner), [keep])', 'under(true, [keep])'),
  pipeline('keys in the order of Go', '`(sortAlpha (keys ${of(op.map)}))`', '`(keys ${of(op.map)})`'),
  pipeline('the first entry is the last', '`(first ${of(op.list)})`', '`(last ${of(op.list)})`'),
  pipeline(
    'a mapped list keeps nothing',
    'return under(presence(body, inner), [append]);',
    'return under(false, [append]);',
  ),
  pipeline(
    'what some entry has is never found',
    '[`{{- ${variable} = true }}`]',
    '[`{{- ${variable} = false }}`]',
  ),
  functions(
    'a prefix is trimmed as a suffix',
    '`(${how} ${goString(String(by))} ${argument})`',
    '`(trimSuffix ${goString(String(by))} ${argument})`',
  ),
  functions(
    'a name that is a little too long is not cut in helm',
    '(le (len ${text}) ${max}))`',
    '(le (len ${text}) ${max + 9}))`',
  ),
  scope(
    'what needs a loop entry is computed outside of the loop',
    'if (loops.every((loop) => names.has(loop))) found = frame;',
    'if (loops.length >= 0 || names) found = frame;',
  ),
  scope('two computed variables of one name', 'computed.add(name);', ''),
  evaluate('only the first + in a label', "text.replaceAll('+', '_')", "text.replace('+', '_')"),
  evaluate('base64 for URLs', "toString('base64')", "toString('base64url')"),
  pipeline('$ is left out', 'pathInValues(`${scope.prefix}.Values`', "pathInValues('.Values'"),
  pipeline(
    'a ternary with its branches swapped',
    '`(ternary ${orNil(op.yes, scope)} ${orNil(op.no, scope)} ${of(op.cond)})`',
    '`(ternary ${orNil(op.no, scope)} ${orNil(op.yes, scope)} ${of(op.cond)})`',
  ),
  pipeline(
    'default instead of hasKey',
    '`(ternary ${of(op.arg)} ${of(op.fallback)} ${isSet(op.arg, scope)})`',
    '`(default ${of(op.fallback)} ${of(op.arg)})`',
  ),
  pipeline(
    'an optional value is always there',
    "case 'item':\n      return isSet(tree, scope);",
    "case 'item':\n      return true;",
  ),
  pipeline(
    'an optional value is never empty',
    'if (op.optional) return and(isSet(tree, scope), `(not (empty ${pipeline(tree, scope)}))`);',
    'if (op.optional) return isSet(tree, scope);',
  ),
  pipeline(
    'the fallback is never there',
    'return or(isSet(op.arg, scope), presence(op.fallback, scope));',
    'return isSet(op.arg, scope);',
  ),
  pipeline(
    'comparing without a common number type',
    "`(${asInteger ? 'int64' : 'float64'} ${pipeline(tree, scope)})`",
    'pipeline(tree, scope)',
  ),
  pipeline(
    'comparing fractions as int64',
    "const asInteger = own.type === 'integer' && other.type === 'integer';",
    'const asInteger = true;',
  ),
  pipeline('% in a format', "part.replaceAll('%', '%%')", 'part'),
  pipeline(
    'a large integer in a text with an exponent',
    'return `(int64 ${pipeline(part, scope)})`',
    'return `(int ${pipeline(part, scope)})`.replace("(int ", "(float64 ")',
  ),
  pipeline(
    'numbers in a text by %v',
    "if (part.shape.type === 'number') return `(toJson ${pipeline(part, scope)})`;",
    "if (part.shape.type === 'number') return `(toString ${pipeline(part, scope)})`;",
  ),
  pipeline(
    'own keys are not omitted',
    'return taken.length === 0 ? map :',
    'return taken.length >= 0 ? map :',
  ),
  pipeline(
    'contains the other way around in helm',
    '`(contains ${pipeline(right, scope)} ${pipeline(left, scope)})`',
    '`(contains ${pipeline(left, scope)} ${pipeline(right, scope)})`',
  ),
  scalar('quoting without <', `exact ? '' : ' | replace "<" "\\\\\\\\u003c"'`, `exact ? '' : ''`),
  scalar('no quotes around a text', '| quote${exact', '${exact'),
  scalar(
    'static text without quotes',
    'if (PLAIN_SCALAR.test(text) && !WORDS.test(text)) return text;',
    'if (!/["\\\\\\n]/.test(text)) return text;',
  ),
  scalar('words of YAML are bare', '&& !WORDS.test(text)', ''),
  scalar('{{ in static text', ".replaceAll('{{', '\\\\u007b\\\\u007b')", ''),
  scalar('< in static text', ".replaceAll('<', '\\\\u003c')", ''),
  scalar(
    'a large integer without int64',
    'return short ? bare(tree, scope) : `int64',
    'return short || !short ? bare(tree, scope) : `int64',
  ),
  scalar('every concatenation is harmless', 'if (!harmless) return quoted(tree, scope);', ''),
  scalar('the else of a choice is lost', '{{ else }}${scalar(no, whenFalse)}{{ end }}', '{{ end }}'),
  scalar(
    'the branches of a choice are swapped',
    '}}${scalar(yes, whenTrue)}{{ else }}${scalar(no, whenFalse)}',
    '}}${scalar(no, whenFalse)}{{ else }}${scalar(yes, whenTrue)}',
  ),
  structure('an absent entry is printed', 'if (there === true) return lines(scope);', 'return lines(scope);'),
  structure(
    'an empty list or map prints nothing',
    '  if (any === true) return lines(scope);',
    '  if (any !== false) return lines(scope);',
  ),
  structure('the else of a block is lost', '...lines(no, indent, scope.knowing(`(not ${open})`)),', ''),
  structure(
    'a spread list as one entry',
    "if (isNode(item) && item.op.op === 'splice') return spliceLines",
    "if (isNode(item) && item.op.op === 'splice') return itemLines",
  ),
  structure(
    'with for what is there although it is empty',
    'whole && there !== true && isWhereFilled(there, whole, scope)',
    'whole && there !== true',
  ),
  structure('toYaml for everything', "      return shape.text === 'plain';", '      return true;'),
  structure(
    'entries of a loop without their dash',
    'itemLines(body, indent, known)),',
    'block(body, indent, known)),',
  ),
  path(
    "a value that is called as one of helm's methods by dots",
    'path[0] !== undefined && /^[A-Z]/.test(path[0])',
    "path[0] === 'no such name'",
  ),
  path('a name that is no word by dots', 'path.every((key) => WORD.test(key))', 'path.length > 0'),
  document('names in loops unchecked', 'isLoop && !keysTellApart(metadataNameOf(tree), guards)', 'false'),
  document('documents of a loop without separators', "...(isLoop ? ['---'] : []),\n  ];", '  ];'),
  document(
    'a condition around an object the other way around',
    "`{{- if ${trim(typeof open === 'string' ? open : cond)} }}`",
    "`{{- if not (${trim(typeof open === 'string' ? open : cond)}) }}`",
  ),
  mergePatch(
    'a map of a patch takes the place of what is there',
    'if (isMap(given) && isMap(before)) return merged(before, given);',
    'if (isMap(given) && isMap(before)) return given;',
  ),
  mergePatch('what a patch removes stays', '.filter(([one]) => one !== key)', ''),
  mergePatch('an entry that a list has is put there again', 'entries.some(isIt)', 'false'),
  mergePatch(
    'an entry is taken away with all of its list',
    'return deeper.length === 0 ? [] : [without(one, deeper)];',
    'return [];',
  ),
  installerPatches(
    'a field is taken away after it was put there',
    'merged(remove.reduce(without, before), merge)',
    'remove.reduce(without, merged(before, merge))',
  ),
  installerPatches(
    'a patch may change what an object is called',
    'if (identity(after) === identity(before)) return after;',
    'if (identity(after) !== undefined) return after;',
  ),
  patches('a patch of nothing is taken in helm', '(not (has $object $known))', 'false'),
  patches('an entry of a list by its name is never there in helm', '{{- $isThere = true }}', ''),
  patches(
    'a patched text without care for <',
    `{{- quote . | replace "<" "\\\\\\\\u003c" }}`,
    '{{- quote . }}',
  ),
  patches('documents of a loop as one', '"(?m)^---[ ', '"(?m)^-----[ '),
  ...umbrellaMutants,
];
