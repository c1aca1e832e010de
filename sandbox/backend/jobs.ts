import { jobs } from '../causes/fate';
import { JobEvents } from '../causes/job-events';
import { whatJobSays } from '../causes/job-says';
import { extendJob } from '../claim/extend-job';
import type { Backend } from './backend';

/** A sandbox is a Job: it has one pod, once. */
export const jobBackend: Backend = {
  name: 'jobs',
  holders: jobs,
  extend: extendJob,
  endOf: ({ connection, namespace }, id, withinMs) => whatJobSays(connection, namespace, id, withinMs),
  whyNoPod: ({ connection, namespace }, { metadata }, onCause) =>
    new JobEvents(connection, namespace, metadata.uid, onCause),
  replacesPods: false,
};
