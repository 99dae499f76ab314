import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import ts from 'typescript';
import { compile, strict } from '../client/compile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

t.test('every sample of the README compiles as it stands', async (t) => {
  const readme = readFileSync(join(root, 'react/README.md'), 'utf8');
  const samples = [...readme.matchAll(/^```tsx\n(.*?)^```$/gms)].map(([, text = '']) => text);
  t.ok(samples.length >= 3);
  const files = samples.map((text, index) => [
    join(root, `examples/account-page/sample-${index}.tsx`),
    text,
  ]);
  const options = {
    ...strict,
    // The sources of both packages, whose types are checked with them.
    customConditions: ['@user-profile/source'],
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: false,
    jsx: ts.JsxEmit.ReactJSX,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    skipLibCheck: true,
  };
  t.equal(compile(Object.fromEntries(files), options), '');
});
