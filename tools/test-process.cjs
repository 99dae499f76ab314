// Loaded first into each test's process. tap has it, and every process that it starts, record the
// files they load, for coverage and `--changed`, which nobody asks for here: a thread of hooks and
// a tenth of a second of CPU in each, services included, which production doesn't start that way.
const loader = require('node:module');

const recorder = /@tapjs[\\/]processinfo/;
const { register } = loader;
loader.register = (specifier, ...rest) =>
  recorder.test(specifier) ? undefined : register(specifier, ...rest);
// Where the recorder looks whether it is at work already.
globalThis[Symbol.for('@tapjs/processinfo.ProcessInfoNodeData')] = { files: [] };

// What the processes of a test would inherit.
const { NODE_OPTIONS: options } = process.env;
const left = options?.split(' ').filter((option) => !recorder.test(option));
if (!left?.length) delete process.env.NODE_OPTIONS;
else process.env.NODE_OPTIONS = left.join(' ');

// The SDK's notice about Node 20. Not in .taprc: a campaign's counts would take its place there.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
