// Help and mistakes are answered before the rest is loaded, which takes a second.
await import('./given.ts');
await import('./run.ts');

export {};
