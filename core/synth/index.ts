export { App, type AppProps } from './app';
export { chartModel } from './chart-model';
export { Testing } from './testing';
