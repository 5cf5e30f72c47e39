// `node bin/client-types.mjs FILE` writes the types of the client library as one file that stands alone: what it takes from
// mcu/ is written out.
import { writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { root } from './sources.mjs';

const folder = join(root, 'web/lib/client') + sep;
const entry = join(folder, 'index.ts');

/**
 * @returns {string} the text of `client.d.ts`
 * @throws {Error} where it would need something that is not in it
 */
function clientTypes() {
  const program = ts.createProgram([entry], compilerOptions());
  const statements = new Map();
  const outside = new Map();
  for (const path of filesOf(program)) {
    for (const statement of declarationsOf(program, path)) {
      if (takesFromElsewhere(statement, path)) {
        for (const [name, from] of importsOf(statement, path)) {
          if (!from.startsWith(folder)) outside.set(name, from);
        }
      } else if (path !== entry) {
        for (const name of namesOf(statement)) {
          if (statements.has(name) && statements.get(name).path !== path) {
            throw new Error(`${name} is declared in two files of web/lib/client.`);
          }
        }
        const [name] = namesOf(statement);
        const before = statements.get(name)?.text ?? '';
        statements.set(name, { path, text: before + textOf(statement) });
      }
    }
  }
  // A map is walked through to what is added on the way.
  const written = [];
  for (const [name, from] of outside) written.push(expand(program, name, from, outside));
  return [
    '// What `client.js` exports. Made by `npm run build`; needs the types of the DOM (`"lib": ["dom"]`).\n',
    ...written,
    ...[...statements.values()].map(({ text }) => text),
    `export {\n  ${exportsOf(program).join(',\n  ')},\n};\n`,
  ].join('\n');
}

function compilerOptions() {
  const { config } = ts.readConfigFile(join(root, 'web/tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'web'));
  return { ...options, types: [], noEmit: false, declaration: true, emitDeclarationOnly: true };
}

/** Files of the library, each after those that it imports. @param {ts.Program} program */
function filesOf(program) {
  return program
    .getSourceFiles()
    .map(({ fileName }) => fileName.split('/').join(sep))
    .filter((path) => path.startsWith(folder));
}

/** @param {ts.Program} program @param {string} path */
function declarationsOf(program, path) {
  let text = '';
  const take = (_name, written) => (text = written);
  program.emit(program.getSourceFile(path), take, undefined, true);
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true).statements;
}

/** Imports, and what the library's files pass on. @param {ts.Statement} statement @param {string} path */
const takesFromElsewhere = (statement, path) =>
  ts.isImportDeclaration(statement) ||
  (path !== entry && ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined);

/** @param {ts.ImportDeclaration | ts.ExportDeclaration} statement @param {string} path */
function importsOf(statement, path) {
  const from = join(dirname(path), statement.moduleSpecifier.text);
  const clause = ts.isImportDeclaration(statement)
    ? statement.importClause?.namedBindings
    : statement.exportClause;
  return (clause?.elements ?? []).map((each) => [each.name.text, from]);
}

/** @param {ts.Statement} statement @returns {string[]} */
function namesOf(statement) {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  return statement.name === undefined ? [] : [statement.name.text];
}

/** A declaration with what is said about it, and without `export`. @param {ts.Statement} statement */
function textOf(statement) {
  if (ts.isExportDeclaration(statement)) return '';
  const full = statement.getFullText().trim();
  return `${full.replace(/^((?:\/\*\*[\s\S]*?\*\/\s*)?)export (?=declare |interface |type )/, '$1')}\n`;
}

/** @param {ts.Program} program @returns {string[]} */
function exportsOf(program) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  return checker.getExportsOfModule(module).map((symbol) => {
    const { flags } = checker.getAliasedSymbol(symbol);
    return flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`;
  });
}

/**
 * A type of mcu/ with every type it is made of written out; an interface as it is.
 * @param {ts.Program} program @param {string} name @param {string} from the file it is in
 * @param {Map<string, string>} outside types of mcu/ that are needed, and where they are; an interface's are added
 */
function expand(program, name, from, outside) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(from);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((each) => each.name === name);
  if (!symbol) throw new Error(`${relative(root, from)} has no ${name}.`);
  const [declaration] = symbol.declarations ?? [];
  if (declaration !== undefined && ts.isInterfaceDeclaration(declaration)) {
    for (const needed of referencesOf(declaration)) {
      const named = checker.getSymbolAtLocation(needed);
      const meant =
        named && named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
      const file = meant?.declarations?.[0]?.getSourceFile().fileName.split('/').join(sep);
      if (file?.startsWith(join(root, 'mcu') + sep)) outside.set(meant.name, file);
    }
    return textOf(declaration);
  }
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  const text = checker.typeToString(type, program.getSourceFile(entry), flags);
  const said = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const doc = said === '' ? '' : `/** ${said.split('\n').join('\n * ')} */\n`;
  return `${doc}type ${name} = ${text.split(' | { ').join('\n  | { ')};\n`;
}

/** The names of the types that something is made of. @param {ts.Node} node @returns {ts.Identifier[]} */
function referencesOf(node) {
  const own = ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) ? [node.typeName] : [];
  const inner = [];
  ts.forEachChild(node, (child) => void inner.push(...referencesOf(child)));
  return [...own, ...inner];
}

writeFileSync(process.argv[2], clientTypes());
