export { DrydockError, type ErrorFacts, withCause } from './drydock-error';
export { nearest } from './nearest';
export { Printable, printable } from './printable';
export { printedJson } from './printed-json';
export { programLine, whereProgramIs } from './program-line';
export { kindOf, shown } from './shown';
export { yamlProblem } from './yaml-problem';
