import type { JsonObject } from '../../../core/template';
import { cluster } from './cluster';
import { configuration } from './configuration';
import { network } from './network';
import { workloads } from './workloads';

/** Objects that a server takes, which between them use the fields that people use. */
export const validObjects = [...workloads, ...configuration, ...network, ...cluster] as readonly JsonObject[];
