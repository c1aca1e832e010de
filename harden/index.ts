export { harden } from './harden';
export type {
  HardenException,
  HardenOptions,
  HardenRule,
  WorkloadAnswers,
  WorkloadKind,
  WorkloadName,
} from './options';
export { type HardenChange, type HardenFinding, type HardenPlace, HardenReport } from './report';
