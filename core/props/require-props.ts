import { DrydockError } from '../template';
import type { PropShape } from './prop-shape';
import type { PropCode, Requirement } from './requirement';

/** A prop that is wrong: of what, which prop, what was found, and what to do. */
export class PropError extends DrydockError {
  declare readonly code: PropCode;

  constructor(place: string, { code, prop, found, expected, remedy }: Requirement) {
    super(code, { where: prop ? `${place} ${prop}` : `${place} props`, found, expected, remedy });
    this.name = 'PropError';
  }
}

/**
 * Refuses the first prop that is known to be wrong, and gives back what only the installation can tell.
 *
 * @param place what the props are of, such as `defineSandbox` or the path of a construct
 */
export function requireProps(place: string, shape: PropShape, props: unknown): readonly Requirement[] {
  const requirements = shape.required().requirements(props, '');
  const wrong = requirements.find(({ holds }) => holds === false);
  if (wrong) throw new PropError(place, wrong);
  return requirements;
}
