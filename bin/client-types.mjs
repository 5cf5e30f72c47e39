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
      if (ts.isImportDeclaration(statement)) {
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
  return [
    '// What `client.js` exports. Made by `npm run build`; needs the types of the DOM (`"lib": ["dom"]`).\n',
    ...[...outside].map(([name, from]) => expand(program, name, from)),
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

/** @param {ts.ImportDeclaration} statement @param {string} path */
function importsOf(statement, path) {
  const from = join(dirname(path), statement.moduleSpecifier.text);
  const names = statement.importClause?.namedBindings?.elements ?? [];
  return names.map((each) => [each.name.text, from]);
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
 * A type of mcu/ with every type it is made of written out.
 * @param {ts.Program} program @param {string} name @param {string} from the file it is in
 */
function expand(program, name, from) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(from);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((each) => each.name === name);
  if (!symbol) throw new Error(`${relative(root, from)} has no ${name}.`);
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  const text = checker.typeToString(type, program.getSourceFile(entry), flags);
  const said = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const doc = said === '' ? '' : `/** ${said.split('\n').join('\n * ')} */\n`;
  return `${doc}type ${name} = ${text.split(' | { ').join('\n  | { ')};\n`;
}

writeFileSync(process.argv[2], clientTypes());
