import { runProgram } from '../shared/program';
import { startCiFixer } from './ci-fixer';

void runProgram('ci-fixer', () => startCiFixer(process.env));
