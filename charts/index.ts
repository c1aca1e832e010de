export { HelloChart, helloValues } from './hello/hello-chart';
