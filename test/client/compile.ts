import ts from 'typescript';

export const strict: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

const sourceFiles = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of these files; every file it has read before is not read again. */
export function compile(files: Record<string, string>, options: ts.CompilerOptions): string {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = files[path];
    if (text !== undefined) return ts.createSourceFile(path, text, languageVersion);
    const mode = typeof languageVersion === 'object' ? languageVersion.impliedNodeFormat : '';
    const key = `${path} ${mode}`;
    if (!sourceFiles.has(key)) sourceFiles.set(key, read(path, languageVersion, ...rest));
    return sourceFiles.get(key);
  };
  const program = ts.createProgram(Object.keys(files), options, host);
  const found = ts.getPreEmitDiagnostics(program);
  return ts.formatDiagnostics(found, host);
}
