import { prop } from '../../core/props';
import type { Templated } from '../../core/template';
import { type Labels, withLabels } from '../identity';

/** Why something is given up that whoever reads the cluster expects. */
export const reason = prop.text({
  expected: 'why, in words for whoever reads the cluster',
  remedy: 'Write the reason; it is printed as an annotation.',
  also: (given) => given.trim() !== '',
});

/**
 * Annotations of a workload, those that say the reasons for what it does among them. They are on the workload and not on
 * its pods, so that another wording replaces none.
 *
 * @param reasons by the name of the annotation, without its prefix
 */
export function withReasons(
  annotations: Templated<Labels | undefined> | undefined,
  reasons: Readonly<Record<string, Templated<string> | undefined>>,
): Templated<Labels | undefined> | undefined {
  const given = Object.entries(reasons).filter(([, why]) => why !== undefined);
  if (given.length === 0) return annotations;
  const own = given.map(([name, why]) => [`reason.drydock.dev/${name}`, why as Templated<string>]);
  return withLabels(annotations, Object.fromEntries(own));
}
