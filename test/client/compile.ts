import { dirname } from 'node:path';
import ts from 'typescript';

export const strict: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // Those of TypeScript itself, not those of packages.
  skipDefaultLibCheck: true,
  noEmit: true,
};

const sourceFiles = new Map<string, ts.SourceFile | undefined>();

/**
 * What the compiler says of these files, or of those to be checked. They need not be there. One
 * program is best, as each costs seconds; every other file is read once.
 */
export function compile(
  files: Record<string, string>,
  options: ts.CompilerOptions,
  checked = Object.keys(files),
): string {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const { fileExists, directoryExists } = host;
  const folders = new Set(Object.keys(files).map(dirname));
  host.fileExists = (path) => path in files || fileExists(path);
  host.directoryExists = (path) => folders.has(path) || directoryExists?.(path) === true;
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = files[path];
    if (text !== undefined) return ts.createSourceFile(path, text, languageVersion);
    const mode = typeof languageVersion === 'object' ? languageVersion.impliedNodeFormat : '';
    const key = `${path} ${mode}`;
    if (!sourceFiles.has(key)) sourceFiles.set(key, read(path, languageVersion, ...rest));
    return sourceFiles.get(key);
  };
  const program = ts.createProgram(Object.keys(files), options, host);
  const found = checked.flatMap((path) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)),
  );
  return ts.formatDiagnostics(found, host);
}
