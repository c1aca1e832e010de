import { runProgram } from '../shared/program';
import { startMcpServer } from './mcp-server';

void runProgram('todo-mcp-server', () => startMcpServer(process.env));
