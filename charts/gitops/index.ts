export { GitopsControllerChart } from './controller-chart';
export { GitopsApplication, GitopsCluster } from './objects';
export { gitopsControllerValues } from './values';
