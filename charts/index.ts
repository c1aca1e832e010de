export {
  CiFixerAdminChart,
  CiFixerChart,
  ciFixerAdminValues,
  ciFixerSandbox,
  ciFixerValues,
} from './ci-fixer';
export { HelloChart, helloValues } from './hello/hello-chart';
