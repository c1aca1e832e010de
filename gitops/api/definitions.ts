import { applicationDefinition } from './application';
import { clusterDefinition } from './cluster';

/**
 * The CustomResourceDefinitions that the controller needs.
 *
 * @example
 * for (const definition of gitopsDefinitions) console.log(JSON.stringify(definition));
 */
export const gitopsDefinitions = [applicationDefinition, clusterDefinition] as const;
