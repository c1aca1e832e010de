export { CiFixerAdminChart, ciFixerAdminValues } from './ci-fixer-admin-chart';
export { CiFixerChart, ciFixerValues } from './ci-fixer-chart';
export { ciFixerSandbox } from './sandbox';
