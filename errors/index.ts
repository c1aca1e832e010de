export { DrydockError, type ErrorFacts, withCause } from './drydock-error';
export { nearest } from './nearest';
export { printedJson } from './printed-json';
export { Printable, printable } from './printable';
export { programLine, whereProgramIs } from './program-line';
export { kindOf, shown } from './shown';
export { yamlProblem } from './yaml-problem';
