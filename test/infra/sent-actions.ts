import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const services: Record<string, string> = {
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/lib-dynamodb': 'dynamodb',
  '@aws-sdk/client-cognito-identity-provider': 'cognito-idp',
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-sqs': 'sqs',
};

/** The document client leaves out a word that the API has. */
const documentCommands: Record<string, string> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  BatchGet: 'BatchGetItem',
  BatchWrite: 'BatchWriteItem',
  TransactGet: 'TransactGetItems',
  TransactWrite: 'TransactWriteItems',
};

/** S3 grants listing by the bucket, whichever version of the call asks. */
const storageCommands: Record<string, string> = {
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadObject: 'GetObject',
};

const renamed: Record<string, Record<string, string>> = {
  '@aws-sdk/lib-dynamodb': documentCommands,
  '@aws-sdk/client-s3': storageCommands,
};

/**
 * The IAM actions behind every AWS command that a program can send: those imported, other than
 * as a type, by its entry file or by any project file reached from it through imports. Of a client
 * that is loaded when first needed, those that the file takes from it by name. The table's own client
 * (`src/dynamodb/transport/table-client.ts`) is told the operation: `client.call('Query', …)`.
 */
export function collectSentActions(entry: string, readFile: (path: string) => string): string[] {
  const actions = new Set<string>();
  const seen = new Set<string>();
  const waiting = [normalize(entry)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const file = ts.createSourceFile(path, readFile(path), ts.ScriptTarget.Latest, true);
    for (const operation of findCalls(file)) actions.add(`dynamodb:${operation}`);
    for (const { specifier, names } of findImports(file)) {
      if (specifier.startsWith('.')) waiting.push(normalize(join(dirname(path), specifier)));
      else if (specifier.startsWith('@aws-sdk/')) {
        for (const name of names) {
          const action = readAction(specifier, name, path);
          if (action) actions.add(action);
        }
      }
    }
  }
  return [...actions].sort();
}

function readAction(module: string, name: string, path: string): string | undefined {
  const called = /^(\w+)Command$/.exec(name)?.[1] ?? /^paginate(\w+)$/.exec(name)?.[1];
  if (name === '*') throw new Error(`${path}: import the commands of ${module} by name`);
  if (!called) return undefined;
  const service = services[module];
  if (!service) throw new Error(`${path}: which IAM prefix do actions of ${module} have?`);
  return `${service}:${renamed[module]?.[called] ?? called}`;
}

function findCalls(file: ts.SourceFile): string[] {
  const operations: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'client.call') {
      const [operation] = node.arguments;
      if (!operation || !ts.isStringLiteral(operation)) {
        throw new Error(`${file.fileName}: name the operation where it is called`);
      }
      operations.push(operation.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return operations;
}

interface Import {
  specifier: string;
  names: string[];
}

function findImports(file: ts.SourceFile): Import[] {
  const imports: Import[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause;
      if (!clause?.isTypeOnly) {
        imports.push({ specifier: node.moduleSpecifier.text, names: readNames(clause) });
      }
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      !node.isTypeOnly
    ) {
      imports.push({ specifier: node.moduleSpecifier.text, names: [] });
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0] &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      const taken = findCommandNames(file);
      imports.push({ specifier: node.arguments[0].text, names: taken.length > 0 ? taken : ['*'] });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

/** What a file takes out of an object by destructuring or by property, if it is named as a command. */
function findCommandNames(file: ts.SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isBindingElement(node)) names.push((node.propertyName ?? node.name).getText(file));
    if (ts.isPropertyAccessExpression(node)) names.push(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names.filter((name) => /^\w+Command$/.test(name));
}

function readNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (!bindings) return [];
  if (ts.isNamespaceImport(bindings)) return ['*'];
  return bindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
}
