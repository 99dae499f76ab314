export const contenderNames = [
  'express',
  'fastify-defaults',
  'bare',
  'sixty-fields',
  'ours',
] as const;
export type ContenderName = (typeof contenderNames)[number];
