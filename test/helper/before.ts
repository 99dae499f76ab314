import { findBuild } from './service-build.ts';

/** What a run of tests begins with (.taprc), so that the build is made once and not by each file. */
await findBuild();
