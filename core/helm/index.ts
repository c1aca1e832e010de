export { chartArchive } from './archive';
export { chartFiles } from './chart';
export { commentLines } from './comment';
export type { ChartFiles, ChartHeader, ChartModel, ChartObject, Subchart } from './model';
export type { DocumentGuard } from './print/document';
