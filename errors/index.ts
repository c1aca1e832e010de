export { DrydockError, type ErrorFacts, withCause } from './drydock-error';
export { nearest } from './nearest';
export { kindOf, shown } from './shown';
export { yamlProblem } from './yaml-problem';
