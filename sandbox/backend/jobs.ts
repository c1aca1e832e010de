import { jobs } from '../causes/fate';
import { JobEvents } from '../causes/job-events';
import { whatJobSays } from '../causes/job-says';
import { deleteJob } from '../claim/delete-job';
import { extendJob } from '../claim/extend-job';
import type { Backend } from './backend';

/** A sandbox is a Job: it has one pod, once. */
export const jobBackend: Backend = {
  name: 'jobs',
  holders: jobs,
  extend: extendJob,
  endOf: ({ connection, namespace }, id, withinMs) =>
    whatJobSays(connection, namespace, id, withinMs, (job) => {
      // It would hold its share of the queue for ever. What cannot be deleted now is swept.
      void deleteJob({ connection, backend: jobBackend }, job).catch(() => {});
    }),
  whyNoPod: ({ connection, namespace }, { metadata }, onCause) =>
    new JobEvents(connection, namespace, metadata.uid, onCause),
  replacesPods: false,
};
