export {
  CiFixerAdminChart,
  CiFixerChart,
  ciFixerAdminValues,
  ciFixerSandbox,
  ciFixerValues,
} from './ci-fixer';
export {
  GitopsApplication,
  GitopsCluster,
  GitopsControllerChart,
  gitopsControllerValues,
} from './gitops';
export { HelloChart, helloValues } from './hello/hello-chart';
export {
  AiAgentChart,
  aiAgentValues,
  BackendChart,
  backendValues,
  FrontendChart,
  frontendValues,
  McpServerChart,
  mcpServerValues,
  PostgresChart,
  postgresValues,
  TodoSecretsChart,
  type TodoServiceProps,
  TodoStackChart,
  type TodoStackProps,
  todoSecretsValues,
  todoStackValues,
} from './todo-stack';
