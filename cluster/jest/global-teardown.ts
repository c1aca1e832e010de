import { globalTeardown } from './run-hooks';

export default globalTeardown;
