import type { IConstruct } from 'constructs';
import { carriedNode, type Templated } from '../../core/template';
import type { PodTemplateSpec } from '../../imports/k8s';
import { filled, nonEmptyMap } from '../condition';
import { type Identity, type Labels, withLabels } from '../identity';
import { checksums, contentsInChart } from './contents';
import { contentsOfEnv, type Env } from './env';
import { type PodParts, podSpec, variables } from './pod';
import { projectedSources } from './projected';
import type { WorkloadProps } from './props';
import { type Reference, referencesOfBlocks, referencesOfEnv } from './references';

/** What a workload says of its pods beside the props that it was given. */
export interface TemplateOptions extends Pick<Partial<WorkloadProps>, 'podAnnotations' | 'tolerations'> {
  /** Where the hashes of what the pods read are, if not in their annotations. */
  readonly contents?: 'elsewhere';
}

/** What a workload makes its pods of. */
export function podTemplate(
  construct: IConstruct,
  { podLabels }: Identity,
  props: WorkloadProps & TemplateOptions,
  parts: PodParts,
): Templated<PodTemplateSpec> {
  return {
    metadata: { labels: podLabels, annotations: podAnnotations(construct, props) },
    spec: podSpec(props, variables(construct, props), parts),
  };
}

/** Those of the user, and hashes of what the pods read at their start, so that other content replaces them. */
function podAnnotations(
  construct: IConstruct,
  props: WorkloadProps & TemplateOptions,
): Templated<Labels | undefined> | undefined {
  const { podAnnotations: given } = props;
  const isHere = props.contents === undefined;
  const contents = !isHere
    ? []
    : [...contentsOfEnv(namedIn(props)), ...contentsInChart(construct, referencesOf(props))];
  if (contents.length === 0 && carriedNode(given)) return filled(given);
  return nonEmptyMap(withLabels(given, checksums(contents)) as Labels);
}

/** What its variables and files come from. */
export function namedIn({ env, files, projected }: Pick<WorkloadProps, 'env' | 'files' | 'projected'>): Env {
  return { ...env, ...(files as Env | undefined), ...(projectedSources(projected) as Env) };
}

/** The ConfigMaps and Secrets that its pods name. */
export function referencesOf(props: WorkloadProps): Reference[] {
  return [...referencesOfEnv(namedIn(props)), ...referencesOfBlocks(props)];
}
