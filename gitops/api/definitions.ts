import { applicationDefinition } from './application';
import { clusterDefinition } from './cluster';

/** The CustomResourceDefinitions that the controller needs. */
export const gitopsDefinitions = [applicationDefinition, clusterDefinition] as const;
