import { runProgram } from '../shared/program';
import { startAgent } from './agent';

void runProgram('todo-ai-agent', () => startAgent(process.env));
