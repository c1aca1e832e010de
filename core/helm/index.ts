export { chartArchive } from './archive';
export { chartFiles } from './chart';
export type { ChartFiles, ChartModel, ChartObject, Subchart } from './model';
export type { DocumentGuard } from './print/document';
