export { DrydockError, type ErrorFacts, withCause } from './drydock-error';
