/** What one run saw; latencies in milliseconds. */
export interface LoadResult {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
  errors: number;
  firstError?: string;
}

/** Every latency is kept, so that percentiles are exact. */
export class Latencies {
  #latencies = new Float64Array(65_536);
  #requests = 0;
  #errors = 0;
  #firstError: string | undefined;

  add(latency: number, problem: string | undefined): void {
    if (problem !== undefined) {
      this.#errors++;
      this.#firstError ??= problem;
    }
    if (this.#requests === this.#latencies.length) {
      const larger = new Float64Array(this.#latencies.length * 2);
      larger.set(this.#latencies);
      this.#latencies = larger;
    }
    this.#latencies[this.#requests++] = latency;
  }

  get requests(): number {
    return this.#requests;
  }

  toResult(seconds: number): LoadResult {
    const requests = this.#requests;
    const sorted = this.#latencies.subarray(0, requests).sort();
    const at = (quantile: number) => sorted[Math.ceil(quantile * requests) - 1] ?? Number.NaN;
    const figures = { requests, seconds, p50: at(0.5), p99: at(0.99), max: at(1) };
    const errors = this.#errors;
    return this.#firstError === undefined
      ? { ...figures, errors }
      : { ...figures, errors, firstError: this.#firstError };
  }
}
