import { readCommandLine } from '../src/command-line.ts';

const usage = `npm run dev

Runs the service, an embedded DynamoDB, a store of pictures, a local Cognito pool and the account page, with sample
people. Ctrl-C ends all of it; the data stays in .data/. Ports and folders: .env.example.
`;
readCommandLine({ args: process.argv.slice(2), env: process.env }, usage, {});
// Only now: to load everything takes half a second.
await import('./stack.ts');
