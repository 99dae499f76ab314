/** Whom the samples of the contract ask: where `npm run dev` serves. */
export const sampleService = 'http://127.0.0.1:3000';
