import type { KubeObject } from '../../core/tree';
import type { HorizontalPodAutoscaler, PodDisruptionBudget } from '../../imports/k8s';
import type { Condition } from '../condition';
import type { RunningProps, WorkloadProps } from './props';
import { type Recommender, recommender } from './recommender';
import { autoscaler, disruptionBudget, isAutoscaled, type ScaleTarget } from './scaling';
import { Workload } from './workload';

/** A workload of which there may be several pods alike. */
export abstract class ReplicatedWorkload<
  P extends WorkloadProps & RunningProps = WorkloadProps & RunningProps,
> extends Workload<P> {
  /** What keeps a drain from taking all pods at once, where there are several. */
  protected addDisruptionBudget(hasSeveral: Condition): KubeObject<PodDisruptionBudget> | undefined {
    const budget = this.props.disruptionBudget ?? {};
    return this.objectWhen(budget !== false && hasSeveral, 'disruption-budget', () =>
      disruptionBudget(this.identity, budget || {}, this.props.annotations),
    );
  }

  protected addAutoscaler(target: ScaleTarget): KubeObject<HorizontalPodAutoscaler> | undefined {
    const { autoscaling, annotations } = this.props;
    if (!autoscaling) return undefined;
    return this.objectWhen(isAutoscaled(this.props), 'autoscaler', () =>
      autoscaler(this.identity, target, autoscaling, annotations),
    );
  }

  /** What would fit, as the Vertical Pod Autoscaler sees it. */
  protected addRecommender(target: ScaleTarget): KubeObject<Recommender> | undefined {
    const { recommendResources, annotations } = this.props;
    if (!recommendResources) return undefined;
    return this.objectWhen(recommendResources, 'recommender', () =>
      recommender(this.identity, target, annotations),
    );
  }
}
