import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const library = fileURLToPath(new URL('../../node_modules/@qlik/api/', import.meta.url))

/** One call of Qlik's REST interface, as its own client types it. */
export interface QlikOperation {
  /** As `users.getUsers`. */
  readonly name: string
  readonly method: string
  /** With `{id}` where something is put in. */
  readonly path: string
  readonly query: readonly string[]
  readonly body: readonly string[]
  readonly answer: readonly string[]
}

/** The modules of @qlik/api that are about what the emulator has, with the name that their file has. */
const modules = [
  'csrf-token',
  'users',
  'groups',
  'identity-providers',
  'web-integrations',
  'csp-origins',
  'spaces',
  'items',
  'apps',
  'licenses',
  'tenants',
  'api-keys',
  'oauth-clients',
  'oauth-tokens',
] as const

type Aliases = ReadonlyMap<string, ts.TypeNode>

/** The members' names of a type, through aliases, unions, intersections and lists. */
function membersOf(node: ts.TypeNode | undefined, aliases: Aliases, depth = 0): Member[] {
  if (node === undefined || depth > 6) return []
  if (ts.isTypeLiteralNode(node))
    return node.members.flatMap((member) =>
      ts.isPropertySignature(member)
        ? [{ name: member.name.getText().replaceAll(/['"]/g, ''), type: member.type }]
        : [],
    )
  if (ts.isArrayTypeNode(node)) return membersOf(node.elementType, aliases, depth + 1)
  if (ts.isParenthesizedTypeNode(node)) return membersOf(node.type, aliases, depth + 1)
  if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node))
    return node.types.flatMap((one) => membersOf(one, aliases, depth + 1))
  if (ts.isTypeReferenceNode(node))
    return membersOf(aliases.get(node.typeName.getText()), aliases, depth + 1)
  return []
}

interface Member {
  readonly name: string
  readonly type: ts.TypeNode | undefined
}

const namesOf = (members: readonly Member[]) => [...new Set(members.map(({ name }) => name))]

/** What an answer holds: of a list, what its entries hold. */
function answerOf(node: ts.TypeNode | undefined, aliases: Aliases): readonly string[] {
  const data = membersOf(node, aliases).filter(({ name }) => name === 'data')
  const members = data.flatMap(({ type }) => membersOf(type, aliases))
  const entries = members.filter(({ name }) => name === 'data')
  const isList = entries.length > 0 && members.some(({ name }) => name === 'links')
  return namesOf(isList ? entries.flatMap(({ type }) => membersOf(type, aliases)) : members)
}

/** Method and path of each function of a module, from its code. */
function readCalls(module: string): Map<string, { method: string; path: string }> {
  const code = readFileSync(`${library}${module}.js`, 'utf8')
  const calls = new Map<string, { method: string; path: string }>()
  for (const part of code.split(/^async function /m).slice(1)) {
    const name = /^\w+/.exec(part)?.[0]
    const method = /method: "(\w+)"/.exec(part)?.[1]
    const path = /pathTemplate: "([^"]+)"/.exec(part)?.[1]
    if (name && method && path) calls.set(name, { method: method.toUpperCase(), path })
  }
  return calls
}

function readModule(module: string): QlikOperation[] {
  const file = `${library}${module}.d.ts`
  const text = readFileSync(file, 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const aliases = new Map<string, ts.TypeNode>()
  for (const statement of source.statements)
    if (ts.isTypeAliasDeclaration(statement)) aliases.set(statement.name.text, statement.type)
  const calls = readCalls(module)
  const name = module.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return source.statements.flatMap((statement) => {
    if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) return []
    const call = calls.get(statement.name.text)
    if (call === undefined) return []
    const typeOf = (parameter: string) =>
      statement.parameters.find((one) => one.name.getText() === parameter)?.type
    const promised = statement.type
    const answer =
      promised !== undefined && ts.isTypeReferenceNode(promised)
        ? promised.typeArguments?.[0]
        : undefined
    return [
      {
        name: `${name}.${statement.name.text}`,
        ...call,
        query: namesOf(membersOf(typeOf('query'), aliases)),
        body: namesOf(membersOf(typeOf('body'), aliases)),
        answer: answerOf(answer, aliases),
      },
    ]
  })
}

/** Every call of the modules that the emulator is about. */
export function readQlikOperations(): readonly QlikOperation[] {
  // Some calls have two functions, with and without a query.
  const byCall = new Map<string, QlikOperation>()
  for (const operation of modules.flatMap(readModule)) {
    const call = `${operation.method} ${operation.path}`
    if (!byCall.has(call)) byCall.set(call, operation)
  }
  return [...byCall.values()]
}
