import { runProgram } from '../shared/program';
import { startFrontend } from './frontend';

void runProgram('todo-frontend', () => startFrontend(process.env));
