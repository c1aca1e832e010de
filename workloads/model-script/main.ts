import { runProgram } from '../shared/program';
import { startModelScript } from './model-script';

void runProgram('model-script', () => startModelScript(process.env));
