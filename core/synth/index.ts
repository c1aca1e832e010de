export { App, type AppProps } from './app';
export { chartModel, objectsWithin } from './chart-model';
export { Testing } from './testing';
