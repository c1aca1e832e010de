// What `cdk8s import` makes of the definitions: the types of a program that writes Applications.
export { Application as GitopsApplication, Cluster as GitopsCluster } from '../../imports/crds/ajj.io';
export { GitopsControllerChart } from './controller-chart';
export { gitopsControllerValues } from './values';
