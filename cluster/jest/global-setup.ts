import { globalSetup } from './run-hooks';

export default globalSetup;
