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
      for (const [name, from] of takenBy(statement, path)) {
        if (!from.startsWith(folder)) outside.set(name, from);
      }
      if (!ts.isImportDeclaration(statement) && path !== entry) {
        for (const name of namesOf(statement)) {
          if (statements.has(name) && statements.get(name).path !== path) {
            throw new Error(`${name} is declared in two files of web/lib/client.`);
          }
        }
        const [name] = namesOf(statement);
        if (name === undefined) continue;
        const before = statements.get(name)?.text ?? '';
        statements.set(name, { path, text: before + textOf(statement) });
      }
    }
  }
  return [
    '// What `client.js` exports. Made by `npm run build`; needs the types of the DOM (`"lib": ["dom"]`).\n',
    ...writtenOut(program, outside),
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

/**
 * What a statement takes from another file, or passes on from it.
 * @param {ts.Statement} statement @param {string} path @returns {[name: string, from: string][]}
 */
function takenBy(statement, path) {
  const specifier = statement.moduleSpecifier;
  if (specifier === undefined) return [];
  const from = join(dirname(path), specifier.text);
  const names = statement.importClause?.namedBindings ?? statement.exportClause;
  return (names?.elements ?? []).map(({ name, propertyName }) => [
    (propertyName ?? name).text,
    from,
  ]);
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
 * Types of mcu/, and those that they are made of and that have a name of their own.
 * @param {ts.Program} program @param {Map<string, string>} outside the file of each
 */
function writtenOut(program, outside) {
  const texts = new Map();
  const queue = [...outside];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, from] = next;
    if (texts.has(name)) continue;
    const { text, needs } = expand(program, name, from);
    texts.set(name, text);
    queue.push(...needs);
  }
  return texts.values();
}

/**
 * One type of mcu/: an interface as it is written, any other with all that it is made of.
 * @param {ts.Program} program @param {string} name @param {string} from the file it is in
 * @returns {{ text: string, needs: [name: string, from: string][] }}
 */
function expand(program, name, from) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(from);
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((each) => each.name === name);
  if (!symbol) throw new Error(`${relative(root, from)} has no ${name}.`);
  const written = symbol.declarations?.find(ts.isInterfaceDeclaration);
  if (written) return { text: textOf(written), needs: namedIn(written, checker) };

  const type = checker.getDeclaredTypeOfSymbol(symbol);
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  const needs = [];
  const shape = checker
    .typeToString(type, program.getSourceFile(entry), flags)
    .split(' | { ')
    .join('\n  | { ')
    .replace(/import\("([^"]+)"\)\.(\w+)/g, (_, path, needed) => {
      needs.push([needed, join(folder, path)]);
      return needed;
    });
  const said = ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const doc = said === '' ? '' : `/** ${said.split('\n').join('\n * ')} */\n`;
  return { text: `${doc}type ${name} = ${shape};\n`, needs };
}

/** Types of this repository that a declaration names. @param {ts.Node} node @param {ts.TypeChecker} checker */
function namedIn(node, checker) {
  const found = [];
  const visit = (each) => {
    if (ts.isTypeReferenceNode(each) && ts.isIdentifier(each.typeName)) {
      const symbol = checker.getSymbolAtLocation(each.typeName);
      const { Alias } = ts.SymbolFlags;
      const meant = symbol && symbol.flags & Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const from = meant?.declarations?.[0]?.getSourceFile().fileName.split('/').join(sep) ?? '';
      if (from.startsWith(join(root, 'mcu'))) found.push([meant.name, from]);
    }
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

writeFileSync(process.argv[2], clientTypes());
