import { App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { JsonObject } from '../template';
import type { ReleaseFacts } from './chart-view';

/** Marks Apps of this library; found by symbol, so that two copies of it agree. */
export const APP_SETTINGS = Symbol.for('cdk8s-drydock.AppSettings');

/** What an App was told of the plain output. */
export interface AppSettings {
  readonly env?: string;
  readonly release?: Partial<ReleaseFacts>;
  /** Values on top of the environment's, by the name of the chart; under `*` for every chart. */
  readonly values?: Readonly<Record<string, JsonObject>>;
  /** The files that those come from, by the same names. */
  readonly valuesFrom?: Readonly<Record<string, string>>;
}

export function isOurApp(app: App): boolean {
  return APP_SETTINGS in app;
}

/** The settings of a construct's App; under a stock App there are none, so everything has its default. */
export function appSettings(construct: IConstruct): AppSettings {
  const app = App.of(construct);
  return isOurApp(app) ? (app as unknown as { readonly [APP_SETTINGS]: AppSettings })[APP_SETTINGS] : {};
}
