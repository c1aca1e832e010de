export { AiAgentChart, aiAgentValues } from './ai-agent-chart';
export { BackendChart, backendValues } from './backend-chart';
export { FrontendChart, frontendValues } from './frontend-chart';
export { McpServerChart, mcpServerValues } from './mcp-server-chart';
export { PostgresChart, postgresValues } from './postgres-chart';
export { TodoSecretsChart, todoSecretsValues } from './todo-secrets-chart';
export type { TodoServiceProps } from './todo-service';
export { TodoStackChart, type TodoStackProps, todoStackValues } from './todo-stack-chart';
