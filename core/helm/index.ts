export { chartArchive } from './archive';
export { type ChartFiles, type ChartModel, type ChartObject, chartFiles } from './chart';
export type { DocumentGuard } from './print/document';
export type { Subchart } from './subcharts';
