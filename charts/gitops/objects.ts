import { Application, Cluster } from '../../imports/crds/ajj.io';

/**
 * An Application of the GitOps controller, with the types of its definition, for a program that writes many of them.
 *
 * @example
 * new GitopsApplication(shop, 'shop', {
 *   metadata: { namespace: 'shop' },
 *   spec: { source: { url: 'https://git.example.com/team/shop.git', path: 'deploy/production' } },
 * });
 */
export class GitopsApplication extends Application {}

/**
 * A Cluster that Applications name, with the Secret that has its kubeconfig.
 *
 * @example
 * new GitopsCluster(shop, 'east', {
 *   metadata: { namespace: 'shop', labels: { region: 'east' } },
 *   spec: { kubeconfig: { secret: 'east-kubeconfig' } },
 * });
 */
export class GitopsCluster extends Cluster {}
