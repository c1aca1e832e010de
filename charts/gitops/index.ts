export { GitopsControllerChart } from './controller-chart';
export { gitopsControllerValues } from './values';
