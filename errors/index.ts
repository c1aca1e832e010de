export { DrydockError, type ErrorFacts, withCause } from './drydock-error';
export { nearest } from './nearest';
export { yamlProblem } from './yaml-problem';
