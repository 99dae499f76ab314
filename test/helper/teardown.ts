/** What a helper needs of a test: a place for its clean-up. Programs outside of tests bring their own. */
export interface Teardown {
  teardown(work: () => unknown): void;
}
