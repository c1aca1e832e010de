export { DrydockError, type ErrorFacts, nearest, yamlProblem } from '../../errors';
export { condition } from './build';
export { BYTE_UNITS, bytesOf, MEMORY_PATTERN, UNKNOWN_BYTES } from './bytes';
export { canonicalJson } from './canonical-json';
export { decode, encode, type OwnerNames } from './encoding';
export { ABSENT, type Bindings, bindEach, byBytes, evaluate, type Inputs } from './evaluate';
export { Expression, expression, expressionsOf, loopOver, loopVariables } from './expression';
export { fitsPattern } from './fits-pattern';
export { goJson, numberText, unicodeEscape } from './go-text';
export {
  ALLOWED_IMAGE_PATTERN,
  DIGEST_PATTERN,
  IMAGE_PATTERN,
  isAllowedImage,
  isImage,
  letsRun,
  MOST_OF_IMAGE,
  REPOSITORY_PATTERN,
  TAG_PATTERN,
  UNPINNED_IMAGE_PATTERN,
} from './image-reference';
export { joinTexts } from './join-texts';
export { jsonText } from './json-text';
export { showsStandIn, standInsExist, textMarker } from './marker';
export { merged, NAMED_LISTS, without } from './merge-patch';
export { CPU_PATTERN, milliCpu, UNKNOWN_CPU } from './milli-cpu';
export {
  type Builtin,
  type Comparison,
  carriedNode,
  isNode,
  isTreeList,
  isTreeMap,
  type Json,
  type JsonObject,
  Loop,
  mayBeAbsent,
  NODE,
  Node,
  type Op,
  Owner,
  spreadNodesOf,
  type TextFunction,
  type Tree,
} from './nodes';
export { setOwnKey } from './own-key';
export {
  childrenOf,
  fieldsOf,
  holdsNode,
  metadataNameOf,
  outerLoopsOf,
  type TreePath,
  usesLoopVariable,
  valuesReadBy,
  visitNodes,
} from './questions';
export {
  type Alphabet,
  ANY_TEXT,
  alphabetOf,
  BOOLEAN,
  type Field,
  hasDefaults,
  isNumeric,
  isScalar,
  joinShapes,
  PLAIN_STRING,
  PLAIN_TEXT,
  SAFE_INTEGER,
  type Shape,
  withDefaults,
} from './shape';
export { asMeant, text } from './text';
export { concatenation, shapeOf, treeOf } from './tree-of';
export { CUT_END, keptBytes, sha256, shortHash, truncated } from './truncate';
export type { ElementOf, Item, Plain, Templated, TemplatedItem, TextPart } from './types';
export { verbatim } from './verbatim';
export { lineOf, writtenHere } from './written-at';
export { describe as describeNode } from './wrong-use';
