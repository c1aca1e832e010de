import type { Expression } from '../template';

/** Everything that a shape of props can refuse. */
export type PropCode =
  | 'ENV_NAME'
  | 'IMAGE_UNPINNED'
  | 'LABEL_INVALID'
  | 'NAME_INVALID'
  | 'NODE_PORT_RANGE'
  | 'PORT_RANGE'
  | 'PROP_INVALID'
  | 'PROP_MISSING'
  | 'PROP_UNKNOWN'
  | 'QUANTITY_INVALID'
  | 'SCALING_RANGE';

/** What has to hold for a prop, and the words for when it does not. */
export interface Requirement {
  readonly code: PropCode;
  /** The prop from the top of the props, such as `ports.metrics` or `sidecars[0].env`. */
  readonly prop: string;
  /** `false` where it is known not to hold; an expression where the installation decides. */
  readonly holds: false | Expression<boolean>;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}
